/** What a household is asked at a visit: only what is not known, or was last confirmed long ago. */
import { daysBetween } from './engine/clock.ts';
import type { Household } from './engine/slice.ts';

export const FIELDS = ['phone', 'contact', 'causes', 'needs'] as const;
export type Field = (typeof FIELDS)[number];
/** Half a year: the half-yearly sheet asks anyway. */
export const FRESH = 180;

export interface Known {
  value: string | string[] | undefined;
  on?: string; // when the household last said so
}

export function known(household: Household, field: Field): Known {
  const said = (household['facts'] as Record<string, { value?: string | string[]; on?: string } | undefined> | undefined)?.[field];
  const value = said?.value ?? (household[field] as string | string[] | undefined);
  return { value: Array.isArray(value) && !value.length ? undefined : value || undefined, ...(said?.on && { on: said.on }) };
}

export type Ask = 'unknown' | 'confirm' | 'fresh';

export function ask(one: Known, today: string): Ask {
  if (one.value === undefined) return 'unknown';
  return one.on && daysBetween(one.on, today) < FRESH ? 'fresh' : 'confirm';
}
