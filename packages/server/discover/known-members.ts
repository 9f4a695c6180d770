import type { Static, TSchema } from 'typebox';

type Clean = (value: unknown) => unknown;

/**
 * A copier of values that a schema accepted, which leaves out members that the schema does not name: what is stored is
 * what was checked. Built once; unions are told apart by their literal `kind` or by null, as our schemas are made.
 */
export function knownMembers<S extends TSchema>(schema: S): (value: Static<S>) => Static<S> {
  const clean = build(schema as Shape);
  return (value) => clean(value) as Static<S>;
}

/** JSON Schema, as far as our schemas use it. */
interface Shape {
  readonly type?: string;
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly items?: Shape;
  readonly anyOf?: readonly Shape[];
}

const same: Clean = (value) => value;

function build(shape: Shape): Clean {
  if (shape.anyOf !== undefined) return union(shape.anyOf);
  if (shape.type === 'array' && shape.items !== undefined) {
    const item = build(shape.items);
    return item === same ? same : (value) => (value as unknown[]).map(item);
  }
  if (shape.type === 'object' && shape.properties !== undefined) return object(shape.properties);
  return same;
}

function object(properties: Readonly<Record<string, Shape>>): Clean {
  const members = Object.entries(properties).map(([key, shape]) => [key, build(shape)] as const);
  return (value) => {
    const from = value as Readonly<Record<string, unknown>>;
    const to: Record<string, unknown> = {};
    for (const [key, clean] of members) if (Object.hasOwn(from, key)) to[key] = clean(from[key]);
    return to;
  };
}

function union(shapes: readonly Shape[]): Clean {
  const objects = shapes.filter((shape) => shape.type === 'object');
  if (objects.length === 0) return same;
  const [only] = objects;
  if (objects.length === 1 && only !== undefined) {
    const clean = build(only);
    return (value) => (typeof value === 'object' && value !== null ? clean(value) : value);
  }
  const byKind = new Map(objects.map((shape) => [shape.properties?.['kind']?.const, build(shape)]));
  if (byKind.has(undefined) || byKind.size !== objects.length)
    throw new Error('a union of objects needs a different literal kind in each');
  return (value) => {
    if (typeof value !== 'object' || value === null) return value;
    return (byKind.get((value as { kind?: unknown }).kind) ?? same)(value);
  };
}
