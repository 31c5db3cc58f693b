/** What lies on the phone. Rows say whose they are and in which state; what is in them is sealed (vault.ts). */
import { Dexie } from 'dexie';
import type { Table } from 'dexie';

import { canonical, sha256 } from './canonical.ts';
import type { Json } from './canonical.ts';
import type { Contact } from './clock.ts';
import { OWED } from './operations.ts';
import type { Answer, Attachment, Held, Operation, State } from './operations.ts';
import type { Queue } from './sending.ts';
import { open, openJson, seal, sealJson } from './vault.ts';
import type { Sealed, Wrapped } from './vault.ts';

interface OperationRow {
  id: string;
  account: string;
  state: State;
  sealed: Sealed; // operation, hash, title
  outcome?: Sealed; // answer, when, note
}

interface PhotoRow {
  account: string;
  name: string; // SHA-256
  sent: 0 | 1;
  kept: string; // day it was put here
  type: string;
  sealed: Sealed;
}

export interface CachedRow {
  account: string;
  name: string;
  sealed: Sealed;
}

/** `plain` is there only while there is no PIN and nobody else on the phone. */
export interface Keyring {
  account: string;
  login: string;
  name: string;
  role: string;
  plain?: CryptoKey;
  byPin?: Wrapped;
  byPassword?: Wrapped;
  token?: Sealed;
  left?: boolean; // signed out by its person
  wrong: number; // wrong PINs in a row
  until: number; // no further try before this
}

export class PhoneDatabase extends Dexie {
  declare meta: Table<{ name: string; value: unknown }, string>;
  declare keyrings: Table<Keyring, string>;
  declare operations: Table<OperationRow, string>;
  declare photos: Table<PhotoRow, [string, string]>;
  declare cache: Table<CachedRow, [string, string]>;
  declare drafts: Table<CachedRow, [string, string]>;

  constructor(name = 'shibaiqian') {
    // Written through to the disk before it is said to be saved: a phone may lose its battery in the next second.
    super(name, { chromeTransactionDurability: 'strict' });
    this.version(1).stores({
      meta: 'name',
      keyrings: 'account',
      operations: 'id, [account+state]',
      photos: '[account+name], [account+sent]',
      cache: '[account+name], account',
      drafts: '[account+name], account',
    });
  }

  async say<T>(name: string): Promise<T | undefined> {
    return (await this.meta.get(name))?.value as T | undefined;
  }

  async keep(name: string, value: unknown): Promise<void> {
    await this.meta.put({ name, value });
  }

  contact(): Promise<Contact | undefined> {
    return this.say<Contact>('contact');
  }

  /** How many records of an account are in a state; needs no key. */
  count(account: string, states: readonly State[]): Promise<number> {
    return this.operations.where('[account+state]').anyOf(states.map((state) => [account, state])).count();
  }
}

/** It is being sent or was answered: it can no longer be changed. */
export class Frozen extends Error {}

/** One account's part of the phone, opened with its key. */
export class PhoneStore implements Queue {
  readonly database: PhoneDatabase;
  readonly account: string;
  readonly key: CryptoKey;

  constructor(database: PhoneDatabase, account: string, key: CryptoKey) {
    this.database = database;
    this.account = account;
    this.key = key;
  }

  /** Put a record and its attachments here, all or nothing. `replaces`: a waiting record that this one is the new text of. */
  async add(operation: Operation, title: string, attachments: readonly Attachment[] = [], day = ''): Promise<void> {
    const row = await this.sealed(operation, title);
    const photos: PhotoRow[] = [];
    for (const attachment of attachments) {
      photos.push({
        account: this.account, name: attachment.sha256, sent: 0, kept: day, type: attachment.type,
        sealed: await seal(this.key, attachment.bytes, `photos/${attachment.sha256}`),
      });
    }
    const { operations, photos: shelf } = this.database;
    await this.database.transaction('rw', operations, shelf, async () => {
      for (const photo of photos) if (!(await shelf.get([this.account, photo.name]))) await shelf.add(photo);
      await operations.add(row);
    });
  }

  /** Another text for a record that was not yet sent. The id stays. */
  async edit(operation: Operation, title: string): Promise<void> {
    const row = await this.sealed(operation, title);
    const { operations } = this.database;
    await this.database.transaction('rw', operations, async () => {
      const now = await operations.get(operation.id);
      if (now?.account !== this.account || now.state !== 'waiting') throw new Frozen();
      await operations.put(row);
    });
  }

  /** The person throws away a record of their own that never left the phone. */
  async discard(id: string): Promise<void> {
    const { operations } = this.database;
    await this.database.transaction('rw', operations, async () => {
      const now = await operations.get(id);
      if (now?.account !== this.account || now.state !== 'waiting') throw new Frozen();
      await operations.delete(id);
    });
  }

  private async sealed(operation: Operation, title: string): Promise<OperationRow> {
    const hash = await sha256(canonical(operation as unknown as Json));
    const sealed = await sealJson(this.key, { operation, hash, title }, `operations/${operation.id}`);
    return { id: operation.id, account: this.account, state: 'waiting', sealed };
  }

  private async opened(row: OperationRow): Promise<Held> {
    const content = await openJson<Held>(this.key, row.sealed, `operations/${row.id}`);
    const outcome = row.outcome ? await openJson<Partial<Held>>(this.key, row.outcome, `outcomes/${row.id}`) : {};
    return { ...content, ...outcome, state: row.state };
  }

  async get(id: string): Promise<Held | undefined> {
    const row = await this.database.operations.get(id);
    return row?.account === this.account ? this.opened(row) : undefined;
  }

  /** Newest first. */
  async list(states: readonly State[], most = 200): Promise<Held[]> {
    const wanted = this.database.operations.where('[account+state]').anyOf(states.map((state) => [this.account, state]));
    const ids = ((await wanted.primaryKeys()) as string[]).sort().reverse().slice(0, most);
    const rows = await this.database.operations.bulkGet(ids);
    return Promise.all(rows.filter((row) => row !== undefined).map((row) => this.opened(row)));
  }

  async next(count: number, but: ReadonlySet<string>): Promise<Held[]> {
    const owed = this.database.operations.where('[account+state]').anyOf(OWED.map((state) => [this.account, state]));
    const ids = ((await owed.primaryKeys()) as string[]).filter((id) => !but.has(id)).sort().slice(0, count);
    const rows = await this.database.operations.bulkGet(ids);
    return Promise.all(rows.filter((row) => row !== undefined).map((row) => this.opened(row)));
  }

  owes(): Promise<number> {
    return this.database.count(this.account, OWED);
  }

  async freeze(ids: string[]): Promise<Held[]> {
    const { operations } = this.database;
    const rows = await this.database.transaction('rw', operations, async () => {
      const found = (await operations.bulkGet(ids)).filter((row) => row !== undefined && OWED.includes(row.state)) as OperationRow[];
      await operations.bulkPut(found.map((row) => ({ ...row, state: 'sending' as const })));
      return found;
    });
    return Promise.all(rows.map((row) => this.opened({ ...row, state: 'sending' })));
  }

  async settle(id: string, answer: Answer, at: string): Promise<void> {
    const states: Record<string, State> = { rejected: 'refused', conflict: 'conflict', held: 'sending' };
    await this.write(id, { answer, answeredAt: at }, OWED, states[answer.status] ?? 'received');
  }

  async remark(id: string, note: string): Promise<void> {
    await this.write(id, { note }, OWED);
  }

  /** The person has read why it was refused, or decided a conflict. The record and its answer stay. */
  async close(id: string, note: string): Promise<void> {
    const held = await this.get(id);
    if (held) await this.write(id, { ...(held.answer && { answer: held.answer }), ...(held.answeredAt && { answeredAt: held.answeredAt }), note }, ['refused', 'conflict'], 'closed');
  }

  private async write(id: string, outcome: Partial<Held>, from: readonly State[], state?: State): Promise<void> {
    const sealed = await sealJson(this.key, outcome, `outcomes/${id}`);
    const { operations } = this.database;
    await this.database.transaction('rw', operations, async () => {
      const row = await operations.get(id);
      if (row && from.includes(row.state)) await operations.put({ ...row, outcome: sealed, state: state ?? row.state });
    });
  }

  async unsentPhotos(names: string[]): Promise<string[]> {
    const rows = await this.database.photos.bulkGet(names.map((name): [string, string] => [this.account, name]));
    return rows.filter((row) => row !== undefined && !row.sent).map((row) => row!.name);
  }

  async photo(name: string): Promise<Attachment | undefined> {
    const row = await this.database.photos.get([this.account, name]);
    if (!row) return undefined;
    return { sha256: name, type: row.type, bytes: await open(this.key, row.sealed, `photos/${name}`) };
  }

  async markPhoto(name: string, sent: boolean): Promise<void> {
    await this.database.photos.update([this.account, name], { sent: sent ? 1 : 0 });
  }

  /** `read`: rows that were read already. */
  async cached<T>(name: string, read?: readonly CachedRow[]): Promise<T | undefined> {
    const row = read ? read.find((one) => one.account === this.account && one.name === name) : await this.database.cache.get([this.account, name]);
    return row && openJson<T>(this.key, row.sealed, `cache/${name}`);
  }

  async putCached(entries: Record<string, unknown>): Promise<void> {
    const rows: CachedRow[] = [];
    for (const [name, value] of Object.entries(entries)) {
      rows.push({ account: this.account, name, sealed: await sealJson(this.key, value, `cache/${name}`) });
    }
    await this.database.cache.bulkPut(rows);
  }

  async draft<T>(name: string): Promise<T | undefined> {
    const row = await this.database.drafts.get([this.account, name]);
    return row && openJson<T>(this.key, row.sealed, `drafts/${name}`);
  }

  async putDraft(name: string, value: unknown): Promise<void> {
    await this.database.drafts.put({ account: this.account, name, sealed: await sealJson(this.key, value, `drafts/${name}`) });
  }

  async dropDraft(name: string): Promise<void> {
    await this.database.drafts.delete([this.account, name]);
  }

  /**
   * Take over everything of an account of the same person whose role has ended: what it had not sent goes on under this one,
   * and its receipts stay readable. A record is moved whole or not at all; what was cut off is taken up the next time.
   */
  async adopt(other: PhoneStore): Promise<number> {
    const { operations, photos } = this.database;
    for (const row of await photos.filter((one) => one.account === other.account).toArray()) {
      const bytes = await open(other.key, row.sealed, `photos/${row.name}`);
      const moved = { ...row, account: this.account, sealed: await seal(this.key, bytes, `photos/${row.name}`) };
      if (!(await photos.get([this.account, row.name]))) await photos.add(moved);
    }
    const rows = await operations.filter((one) => one.account === other.account).toArray();
    for (const row of rows) {
      const content = await openJson(other.key, row.sealed, `operations/${row.id}`);
      const outcome = row.outcome && (await openJson(other.key, row.outcome, `outcomes/${row.id}`));
      await operations.put({
        ...row, account: this.account, sealed: await sealJson(this.key, content, `operations/${row.id}`),
        ...(outcome ? { outcome: await sealJson(this.key, outcome, `outcomes/${row.id}`) } : {}),
      });
    }
    await photos.filter((one) => one.account === other.account).delete();
    return rows.length;
  }

  /** Bytes of photos that the server has, once nothing that is owed names them and they are older than a day given. */
  async tidy(before: string): Promise<void> {
    const needed = new Set<string>();
    for (const held of await this.list(['waiting', 'sending', 'refused', 'conflict'], 5000)) for (const name of held.operation.photos ?? []) needed.add(name);
    const sent = this.database.photos.where('[account+sent]').equals([this.account, 1]);
    await sent.filter((row) => row.kept < before && !needed.has(row.name)).delete();
  }
}

/** Forget what was fetched about other people; what was written here stays, and one's own posting. Needs no key. */
export async function forgetFetched(database: PhoneDatabase, account: string): Promise<void> {
  await database.cache.where('account').equals(account).filter((row) => row.name !== 'own').delete();
}
