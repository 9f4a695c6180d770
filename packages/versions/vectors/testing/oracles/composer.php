<?php
require '/usr/share/php/Composer/Semver/autoload.php';

$parser = new Composer\Semver\VersionParser();
$normal = static function (string $text) use ($parser): ?string {
    try {
        $version = $parser->normalize($text);
    } catch (UnexpectedValueException $error) {
        return null;
    }
    return str_starts_with($version, 'dev-') ? null : $version;
};
while (($line = fgets(STDIN)) !== false) {
    [$a, $b] = array_map(static fn (string $side): ?string => $normal(substr($side, 1)), explode("\t", rtrim($line, "\n")));
    echo $a === null || $b === null ? '?' : ['<', '=', '>'][version_compare($a, $b) + 1], "\n";
}
