/** What a phone sends, what it keeps of it, and what the server may answer. */
import type { Json } from './canonical.ts';

export type Body = { [key: string]: Json | undefined };

/** As it goes over the wire; its hash is taken over exactly these fields. */
export interface Operation {
  id: string;
  kind: string;
  at: string; // the phone's own time with offset: a statement, not a fact
  body: Body;
  base?: Json;
  after?: string[];
  photos?: string[]; // SHA-256 of each
}

/** waiting: may still be edited · sending: frozen until its answer · the rest are answered. closed: the person has dealt with it. */
export type State = 'waiting' | 'sending' | 'received' | 'refused' | 'conflict' | 'closed';
export const OWED: readonly State[] = ['waiting', 'sending'];

/** `held` is none of them: it waits at the server for an earlier record, and only when sent again the phone learns what became of it. */
export const FINAL = ['created', 'duplicate', 'conflict', 'rejected'] as const;
export type Status = (typeof FINAL)[number] | 'held' | 'photos_missing' | 'error';

export interface Theirs {
  field: string;
  value: Json;
  who?: string;
  at?: string;
  version?: number;
}

export interface Answer {
  id: string;
  hash: string;
  status: Status;
  message?: string;
  result?: Body;
  missing?: string[];
  theirs?: Theirs | Theirs[];
}

/** A record as the phone holds it. `note` says why it still waits, in words of the server or ours. */
export interface Held {
  operation: Operation;
  hash: string;
  title: string; // what lists show: first words, household
  state: State;
  answer?: Answer;
  answeredAt?: string; // server's time
  note?: string;
}

export interface Attachment {
  sha256: string;
  type: string;
  bytes: Uint8Array<ArrayBuffer>;
}
