import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.maven.artifact.versioning.ComparableVersion;

/** Where ComparableVersion contradicts itself: its answer by way of a version in between; with `--direct`: its own. */
class Oracle {
  public static void main(String[] arguments) throws Exception {
    boolean isDirect = arguments.length > 0 && arguments[0].equals("--direct");
    var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, false, StandardCharsets.UTF_8);
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      int tab = line.indexOf('\t');
      String a = line.substring(1, tab);
      String b = line.substring(tab + 2);
      int direct = order(a, b);
      out.println(sign(isDirect ? direct : consistent(a, b, direct)));
    }
    out.flush();
  }

  /** The opposite of `direct` if a version that one of them begins with lies between them the other way round. */
  static int consistent(String a, String b, int direct) {
    for (String text : new String[] {a, b})
      for (int length = 0; length <= text.length(); length++) {
        if (isInsideToken(text, length)) continue;
        String middle = text.substring(0, length);
        int left = order(a, middle);
        int right = order(middle, b);
        if (left * right >= 0 && left + right != 0 && Integer.signum(left + right) == -direct) return -direct;
      }
    return direct;
  }

  static boolean isInsideToken(String text, int at) {
    return at > 0 && at < text.length() && kind(text.charAt(at - 1)) == kind(text.charAt(at));
  }

  static int kind(char sign) {
    return sign == '.' || sign == '-' ? 0 : Character.isDigit(sign) ? 1 : 2;
  }

  static int order(String a, String b) {
    return Integer.signum(new ComparableVersion(a).compareTo(new ComparableVersion(b)));
  }

  static String sign(int order) {
    return order < 0 ? "<" : order > 0 ? ">" : "=";
  }
}
