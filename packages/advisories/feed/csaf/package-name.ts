import type { Claim } from '../../model/index.ts';
import type { CsafProduct } from './product-tree.ts';
import { platformOf, type Platform } from './platforms.ts';

/** An rpm package as part of a distribution's release. */
export interface PackageSubject extends Platform {
  readonly name: string;
  /** `[epoch:]version-release`; null: no version stated. */
  readonly version: string | null;
  /** In a range (Azure Linux: `<azl3 ruby 3.3.5-2`): everything before `version`. */
  readonly before: boolean;
  readonly architecture: string | null;
  readonly nameKinds: readonly Claim['nameKind'][];
  readonly module: string | null;
}

const VERSION_RELEASE = String.raw`(?:(\d{1,10}):)?([^\s:/-]+)-([^\s:/-]+)`;
/** `bind-32:9.8.2-0.68.rc1.el6_10.17.i686`, `vim-9.0-33.oe2203sp3.src.rpm`, `samba-client-libs-4.19.4+git.339-1.22`. */
const NEVRA = new RegExp(String.raw`^([^\s:/]+)-${VERSION_RELEASE}$`);
const ARCHITECTURE =
  /\.(noarch|src|nosrc|x86_64|i[3-6]86|aarch64|ppc64le|ppc64|ppc|s390x|s390|ia64|armv7hl|riscv64|loongarch64|sw_64)$/;
const AZURE = /^(<)?(?:azl3|cbl2) (\S+) (\S+-\S+)$/;

/** Null: the product is not an rpm package of a release that has a namespace (a container image, a jar, a whole product). */
export function packageOf(product: CsafProduct): PackageSubject | null {
  const chain = partsOf(product);
  const platform = chain.platform === null ? null : platformOf(chain.platform);
  const component = chain.component;
  if (platform === null || component === null) return null;
  if (component.purl !== null && !component.purl.startsWith('pkg:rpm/')) return null;
  if (/@sha256:|^pkg:oci|[?]/.test(component.id)) return null;
  const described = fromPurl(component.purl) ?? fromText(component.name) ?? fromText(component.id);
  if (described === null || !/^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(described.name)) return null;
  return { ...platform, ...described, module: described.module ?? chain.module };
}

type Described = Omit<PackageSubject, keyof Platform>;

/** A package may be part of a module, which is part of a platform. */
function partsOf(product: CsafProduct) {
  let module: string | null = null;
  let { component, of }: { component: CsafProduct | null; of: CsafProduct | null } = product.part ?? {
    component: null,
    of: null,
  };
  // Three levels at most are meant (platform, module, package); the limit keeps a circle from turning for ever.
  for (let level = 0; level < 4 && of?.part != null; level += 1) {
    module ??= moduleOf(of.part.component);
    of = of.part.of;
  }
  if (component?.part != null) component = component.part.component;
  return { component, platform: of, module };
}

/** `nodejs:18:8090020240314…` with `pkg:rpmmod/redhat/nodejs@18:8090…`. */
function moduleOf(product: CsafProduct): string | null {
  const purl = /^pkg:rpmmod\/[^/]+\/([^@?]+)@([^:?]+)/.exec(product.purl ?? '');
  if (purl !== null) return `${decoded(purl[1])}:${decoded(purl[2])}`;
  const plain = /^([\w.+-]+):([\w.+-]+)(?::|$)/.exec(product.id);
  return plain === null ? null : `${plain[1]}:${plain[2]}`;
}

function fromPurl(purl: string | null): Described | null {
  const match = /^pkg:rpm\/(?:[^/@?]+\/)?([^/@?]+)(?:@([^?#]*))?(?:\?([^#]*))?/.exec(purl ?? '');
  if (match === null) return null;
  const qualifiers = new URLSearchParams((match[3] ?? '').replaceAll('+', '%2B'));
  const architecture = qualifiers.get('arch');
  const epoch = qualifiers.get('epoch');
  const version = match[2] === undefined || match[2] === '' ? null : decoded(match[2]);
  const [module, stream] = (qualifiers.get('rpmmod') ?? '').split(':');
  return {
    name: decoded(match[1]),
    version:
      version === null || epoch === null || epoch === '0' || version.includes(':') ? version : `${epoch}:${version}`,
    before: false,
    architecture: architectureOf(architecture),
    nameKinds: kindsOf(architecture, version),
    module:
      module === undefined || module === '' || stream === undefined ? null : `${module}:${stream.split('/')[0] ?? ''}`,
  };
}

/** Longer texts are no package names. */
const LIMIT_CHARACTERS = 600;

function fromText(text: string): Described | null {
  if (text.length > LIMIT_CHARACTERS) return null;
  const azure = AZURE.exec(text);
  if (azure !== null)
    return {
      name: azure[2] ?? '',
      version: azure[3] ?? '',
      before: azure[1] === '<',
      architecture: null,
      nameKinds: ['source'],
      module: null,
    };
  const inModule = /^([\w.+-]+:[\w.+-]+)\/(.+)$/.exec(text);
  const bare = (inModule?.[2] ?? text).replace(/\.rpm$/, '');
  const architecture = ARCHITECTURE.exec(bare)?.[1] ?? null;
  const name = architecture === null ? bare : bare.slice(0, -architecture.length - 1);
  const nevr = NEVRA.exec(name);
  const module = inModule?.[1] ?? null;
  if (nevr === null) {
    if (/[\s:/]/.test(name) || name === '') return null;
    return { name, version: null, before: false, architecture: null, nameKinds: kindsOf(architecture, null), module };
  }
  const [, base = '', epoch, version = '', release = ''] = nevr;
  const written = epoch === undefined || epoch === '0' ? `${version}-${release}` : `${epoch}:${version}-${release}`;
  return {
    name: base,
    version: written,
    before: false,
    architecture: architectureOf(architecture),
    nameKinds: kindsOf(architecture, written),
    module,
  };
}

/**
 * A source package is a component that vendors speak of where no package is built yet; a name alone may mean the source
 * or the package of that name, and is kept as both.
 */
function kindsOf(architecture: string | null, version: string | null): readonly Claim['nameKind'][] {
  if (architecture === 'src' || architecture === 'nosrc') return ['source'];
  return architecture === null && version === null ? ['source', 'binary'] : ['binary'];
}

function architectureOf(text: string | null): string | null {
  return text === null || text === 'noarch' || text === 'src' || text === 'nosrc' ? null : text;
}

function decoded(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? '');
  } catch {
    // A percent sign that starts no escape stands for itself.
    return text ?? '';
  }
}
