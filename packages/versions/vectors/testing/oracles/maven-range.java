import java.io.BufferedReader;
import java.io.InputStreamReader;
import org.apache.maven.artifact.versioning.DefaultArtifactVersion;
import org.apache.maven.artifact.versioning.InvalidVersionSpecificationException;
import org.apache.maven.artifact.versioning.VersionRange;

/** Reads `version<TAB>range` lines; nothing is in a range that Maven refuses. */
class Oracle {
  public static void main(String[] arguments) throws Exception {
    var lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      String[] sides = line.split("\t");
      try {
        var range = VersionRange.createFromVersionSpec(sides[1]);
        System.out.println(range.containsVersion(new DefaultArtifactVersion(sides[0])));
      } catch (InvalidVersionSpecificationException refusal) {
        System.out.println(false);
      }
    }
  }
}
