const PRIME_LOW = 435;
const LIMB = 0x1_0000_0000;
const encoder = new TextEncoder();

/**
 * A place from 0 to below 1 that a text has for ever, whatever else there is: its FNV-1a hash of 64 bits (Fowler, Noll, Vo; RFC 9923), mixed
 * by MurmurHash3's fmix64 (Appleby, public domain) because FNV alone spreads the last characters of similar names badly.
 */
export function stablePlace(text: string): number {
  // 53 bits are what a number keeps exactly.
  return Number(mixed(fnv1a64(text)) >> 11n) / 2 ** 53;
}

/** In two limbs of 32 bits, because arithmetic on BigInt takes ten times as long; the prime is 2^40 + 435. */
export function fnv1a64(text: string): bigint {
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of encoder.encode(text)) {
    low = (low ^ byte) >>> 0;
    const product = low * PRIME_LOW;
    high = (high * PRIME_LOW + Math.floor(product / LIMB) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return (BigInt(high) << 32n) | BigInt(low);
}

function mixed(hash: bigint): bigint {
  let value = hash;
  value = BigInt.asUintN(64, (value ^ (value >> 33n)) * 0xff51afd7ed558ccdn);
  value = BigInt.asUintN(64, (value ^ (value >> 33n)) * 0xc4ceb9fe1a85ec53n);
  return value ^ (value >> 33n);
}
