/** What the phone may hold of its places, kept up to date by deltas. */
import type { Body } from './operations.ts';

export interface Member {
  id: string;
  name: string;
  relation: string;
  born?: string;
  labour?: string;
  health?: string;
}

export interface Household {
  id: string;
  version: number | string;
  place: string;
  group?: string;
  number?: string;
  head: string;
  size?: number;
  state?: string;
  causes?: string[];
  phone?: string;
  members: Member[];
  last_visit?: string;
  services_open?: number;
  [more: string]: unknown;
}

/** A practical service that waits for its confirmation. */
export interface Service {
  id: string;
  household?: string;
  beneficiary: string;
  kind: string;
  content: string;
  place?: string;
  on: string;
  confirmation?: string;
  state?: string;
  due?: string;
}

export interface Slice {
  cursor: string;
  places: { code: string; name: string }[];
  posting: Record<string, unknown>;
  households: Record<string, Household>;
  services: Record<string, Service>;
  logs: Record<string, Log>;
  lists: Record<string, unknown>;
  sections: Record<string, unknown>;
}

export interface Log {
  id: string;
  on: string;
  recorded_at?: string;
  items: { id: string; category: string; content: string; household?: string; by?: string }[]; // by: who typed it, where the official took it over
}

export const EMPTY: Slice = { cursor: '', places: [], posting: {}, households: {}, services: {}, logs: {}, lists: {}, sections: {} };

/** What stays when the rest is forgotten: one's own posting and lists of words, nothing about other people. Without it nobody could write. */
export function own(slice: Slice): Slice {
  return { ...EMPTY, places: slice.places, posting: slice.posting, lists: slice.lists };
}

/** The slice after an answer. A row that comes twice does no harm; what was taken away goes with everything under its place. */
export function merged(held: Slice, answer: Body): Slice {
  const said = answer as unknown as {
    cursor: string; whole: boolean; places?: Slice['places']; posting?: Slice['posting'] | null; households?: Household[];
    services?: Service[]; logs?: Log[]; lists?: Slice['lists']; sections?: Slice['sections']; gone?: string[]; revoked?: string[];
  };
  const base = said.whole ? { ...EMPTY, lists: held.lists } : held;
  const households = { ...base.households };
  const logs = { ...base.logs };
  const services = { ...base.services };
  for (const household of said.households ?? []) households[household.id] = household;
  for (const log of said.logs ?? []) logs[log.id] = log;
  for (const service of said.services ?? []) {
    if (service.confirmation) delete services[service.id];
    else services[service.id] = service;
  }
  for (const id of said.gone ?? []) {
    delete households[id];
    delete services[id];
    delete logs[id];
  }
  const revoked = said.revoked ?? [];
  for (const household of Object.values(households)) {
    if (revoked.some((code) => household.place.startsWith(code))) delete households[household.id];
  }
  for (const service of Object.values(services)) {
    if (revoked.some((code) => service.place?.startsWith(code))) delete services[service.id];
  }
  return {
    cursor: said.cursor,
    places: (said.places ?? base.places).filter((place) => !revoked.includes(place.code)),
    posting: said.posting === null ? {} : (said.posting ?? base.posting),
    households,
    services,
    logs,
    lists: { ...base.lists, ...said.lists },
    sections: { ...base.sections, ...said.sections },
  };
}
