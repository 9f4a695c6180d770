import { Compile } from 'typebox/compile';
import { Type, type Static } from 'typebox';
import { FeedError } from '../feed-error.ts';
import type { CsafDocument } from './schema.ts';

/** CSAF 2.0 itself allows 30 levels of branches (2.1: section 3.1.2). */
const LIMIT_DEPTH = 40;
const LIMIT_PRODUCTS = 500_000;

/** Names of real products have up to 500 characters; what is read out of them is read with patterns. */
const Text = Type.String({ maxLength: 4096 });
const FullName = Type.Object({
  name: Text,
  product_id: Text,
  product_identification_helper: Type.Optional(
    Type.Object({
      cpe: Type.Optional(Text),
      purl: Type.Optional(Text),
      /** CSAF 2.1. */
      purls: Type.Optional(Type.Array(Text)),
    }),
  ),
});
const Branch = Type.Object({
  category: Text,
  name: Text,
  product: Type.Optional(FullName),
  branches: Type.Optional(Type.Array(Type.Unknown())),
});
const FULL_NAME = Compile(FullName);
const BRANCH = Compile(Branch);

export interface CsafProduct {
  readonly id: string;
  readonly name: string;
  /** From the outermost branch to the one that holds the product. */
  readonly path: readonly { readonly category: string; readonly name: string }[];
  readonly cpe: string | null;
  readonly purl: string | null;
  /** Set for a relationship: what is part of what. */
  readonly part: { readonly component: CsafProduct; readonly of: CsafProduct } | null;
}

/**
 * The products of a document by id. A publisher may define one id twice (Palo Alto: the affected and the fixed range), so
 * each id has a list.
 */
export function productsOf(tree: CsafDocument['product_tree']): ReadonlyMap<string, readonly CsafProduct[]> {
  const products = new Map<string, CsafProduct[]>();
  let count = 0;
  const add = (product: CsafProduct): void => {
    count += 1;
    if (count > LIMIT_PRODUCTS) throw new FeedError('too-large', `more than ${LIMIT_PRODUCTS} products`);
    const known = products.get(product.id);
    if (known === undefined) products.set(product.id, [product]);
    else known.push(product);
  };
  const walk = (branches: readonly unknown[], path: CsafProduct['path']): void => {
    if (path.length > LIMIT_DEPTH) throw new FeedError('too-large', `product branches deeper than ${LIMIT_DEPTH}`);
    for (const branch of branches) {
      if (!BRANCH.Check(branch)) throw new FeedError('malformed', 'a branch of the product tree is none');
      const here = [...path, { category: branch.category, name: branch.name }];
      if (branch.product !== undefined) add(productOf(branch.product, here));
      if (branch.branches !== undefined) walk(branch.branches, here);
    }
  };
  walk(tree?.branches ?? [], []);
  for (const product of tree?.full_product_names ?? []) {
    if (!FULL_NAME.Check(product)) throw new FeedError('malformed', 'a product of the product tree is none');
    add(productOf(product, []));
  }
  for (const {
    full_product_name: whole,
    product_reference: part,
    relates_to_product_reference: of,
  } of tree?.relationships ?? [])
    for (const component of products.get(part) ?? [])
      for (const platform of products.get(of) ?? [])
        add({
          id: whole.product_id,
          name: whole.name ?? '',
          path: [],
          cpe: null,
          purl: null,
          part: { component, of: platform },
        });
  return products;
}

function productOf(product: Static<typeof FullName>, path: CsafProduct['path']): CsafProduct {
  const helper = product.product_identification_helper;
  const purl = helper?.purl ?? helper?.purls?.[0] ?? null;
  return { id: product.product_id, name: product.name, path, cpe: helper?.cpe ?? null, purl, part: null };
}
