/** Ids made on the phone: UUIDv7, so that the order of ids is the order of making, whatever the clock does. */

let last = 0;
let counter = 0;

/** A new UUIDv7. A clock that is set back does not bring order down: the last millisecond is kept and counted on. */
export function newId(now: number = Date.now()): string {
  const random = crypto.getRandomValues(new Uint8Array(10));
  if (now > last) {
    last = now;
    counter = (((random[8]! << 8) | random[9]!) & 0x7ff) >>> 0;
  } else {
    counter += 1;
    if (counter > 0xfff) {
      last += 1;
      counter = 0;
    }
  }
  const time = Math.floor(last).toString(16).padStart(12, '0');
  const middle = (0x7000 | counter).toString(16);
  const variant = (0x80 | (random[0]! & 0x3f)).toString(16).padStart(2, '0');
  const rest = hex(random.subarray(1, 8));
  return `${time.slice(0, 8)}-${time.slice(8)}-${middle}-${variant}${rest.slice(0, 2)}-${rest.slice(2)}`;
}

/** Milliseconds since 1970 inside a UUIDv7. */
export function madeAt(id: string): number {
  return Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16);
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
