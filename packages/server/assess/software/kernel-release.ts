/**
 * The kernel to which a package belongs, as uname -r prints it: `linux-image-6.1.0-37-amd64`, its modules and its headers.
 * Null: of no particular one. Only the kernels of Debian and Ubuntu, whose endpoints report which one runs.
 */
export function kernelReleaseOf(name: string): string | null {
  return (
    /^linux-(?:image|modules|modules-extra|headers)-(?:unsigned-)?(\d+\.\d+.*?)(?:-unsigned)?(?:-dbg(?:sym)?)?$/.exec(
      name,
    )?.[1] ?? null
  );
}
