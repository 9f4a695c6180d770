/**
 * The container inside @peculiar/x509 reads decorator metadata through the Reflect API of an old proposal, and asks its
 * users to bring one. This is the part of it that is really called, kept per target and key.
 */
type Reflection = typeof Reflect & {
  getMetadata?: (key: string, target: object) => unknown;
  getOwnMetadata?: (key: string, target: object) => unknown;
  defineMetadata?: (key: string, value: unknown, target: object) => void;
  metadata?: (key: string, value: unknown) => unknown;
};

const reflection: Reflection = Reflect;
const kept = new WeakMap<object, Map<string, unknown>>();

if (reflection.getMetadata === undefined) {
  const define = (key: string, value: unknown, target: object): void => {
    kept.set(target, (kept.get(target) ?? new Map<string, unknown>()).set(key, value));
  };
  reflection.defineMetadata = define;
  reflection.getOwnMetadata = (key, target) => kept.get(target)?.get(key);
  reflection.getMetadata = (key, target) => {
    for (let each: object | null = target; each !== null; each = Object.getPrototypeOf(each) as object | null)
      if (kept.get(each)?.has(key) === true) return kept.get(each)?.get(key);
    return undefined;
  };
  reflection.metadata = (key, value) => (target) => define(key, value, target);
}
