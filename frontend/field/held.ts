/** Records of this phone, and what the server told of, as the screens need them. */
import { shallowRef, watch } from 'vue';
import type { ShallowRef } from 'vue';

import type { Held, State } from './engine/operations.ts';
import { changes, slice, state, store, write } from './session.ts';
import { t } from './words.ts';

/** Records of one's own whose kind begins so, newest first, kept up to date while the screen is open. */
export function held(kind: string, states: readonly State[] = ['waiting', 'sending'], most = 100): ShallowRef<Held[]> {
  const found = shallowRef<Held[]>([]);
  watch([changes, () => state.stage], async () => {
    if (state.stage === 'open') found.value = (await store().list(states, most)).filter(({ operation }) => operation.kind.startsWith(kind));
  }, { immediate: true });
  return found;
}

export interface Message { id: string; text: string; at: string; about: string; read: boolean }

export function messages(): Message[] {
  return (slice.value.sections['messages'] ?? []) as Message[];
}

/** One's own messages put aside as read: here at once, at the server with the next sending. */
export async function readMessages(ids: readonly string[]): Promise<void> {
  const rows = (slice.value.sections['messages'] ?? []) as { id: string }[];
  slice.value = { ...slice.value, sections: { ...slice.value.sections, messages: rows.map((row) => (ids.includes(row.id) ? { ...row, read: true } : row)) } };
  await store().putCached({ slice: slice.value });
  await write({ kind: 'message_read', body: { messages: [...ids] }, title: t('{n} 条消息', { n: ids.length }) });
}

export interface Draft {
  id: string; posting: string; official: string; on: string; category: string; content: string; household?: string; head?: string; service?: string; beneficiary?: string;
  amount_cents?: number; problem?: string; follow_up_due?: string; photos?: number; by: string; at: string; state: string; word?: string;
}

/** What was typed for an official: `waiting` to who answers for it; to who types, `typed` and the `officials` of the village. */
export function drafts(): { waiting?: Draft[]; typed?: Draft[]; officials?: { id: string; name: string; title: string }[] } {
  return (slice.value.sections['drafts'] ?? {}) as ReturnType<typeof drafts>;
}

export interface Problem { id: string; on?: string; household?: string; category: string; content: string; problem: string; due?: string }

/** What logs left open. What was followed up here and not yet received is left out by who knows it. */
export function problems(): Problem[] {
  return (slice.value.sections['problems'] ?? []) as Problem[];
}

export interface Asked {
  id: string; title: string; kind: string; content?: string; receiver: string; asked_on: string; due_on: string; state: string; answer?: string; done_note?: string; own?: boolean;
}

export function requests(): Asked[] {
  return ((slice.value.sections['requests'] as { open?: Asked[] } | undefined)?.open ?? []);
}
