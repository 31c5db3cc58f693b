/** When to try again. */

const FIRST = 4_000;
const LONGEST = 10 * 60_000;

/** Milliseconds to wait after so many failures in a row: doubled each time, capped, spread so that phones do not come together. */
export function wait(failures: number, random: number = Math.random()): number {
  const whole = Math.min(LONGEST, FIRST * 2 ** Math.max(0, Math.min(failures - 1, 20)));
  return Math.round(whole * (0.5 + random / 2));
}
