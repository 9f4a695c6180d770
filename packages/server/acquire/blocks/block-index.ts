/** A standing block, as far as it is compared. */
export interface StandingBlock {
  readonly name: string;
  readonly source: boolean;
  readonly version: string;
  readonly architecture: string | null;
  readonly reason: string;
}

/** A package as a repository lists it. */
export interface ListedPackage {
  readonly name: string;
  readonly version: string;
  readonly architecture: string;
  readonly source: string;
  readonly sourceVersion: string;
}

export interface BlockIndex {
  /** The block that covers this package; null: none. */
  readonly find: (listed: ListedPackage) => StandingBlock | null;
  readonly size: number;
}

/** Blocks by what they are looked up by: a request costs two look-ups, however many blocks there are. */
export function indexBlocks(blocks: readonly StandingBlock[]): BlockIndex {
  const byKey = Map.groupBy(blocks, (block) => keyOf(block.source, block.name, block.version));
  return {
    size: blocks.length,
    find: (listed) => {
      const covers = ({ architecture }: StandingBlock): boolean =>
        architecture === null || architecture === listed.architecture;
      return (
        byKey.get(keyOf(false, listed.name, listed.version))?.find(covers) ??
        byKey.get(keyOf(true, listed.source, listed.sourceVersion))?.find(covers) ??
        null
      );
    },
  };
}

function keyOf(source: boolean, name: string, version: string): string {
  return `${source ? 's' : 'b'}\0${name}\0${version}`;
}
