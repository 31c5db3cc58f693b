/**
 * Several people on one phone. Each has an account, a key and a queue of their own; without the key only the names and the number
 * of unsent records are known, and nobody sends for another: the way in to the server is sealed with the key as well.
 */
import { OWED } from './operations.ts';
import { PhoneStore } from './store.ts';
import type { Keyring, PhoneDatabase } from './store.ts';

export interface Person {
  account: string;
  login: string;
  name: string;
  role: string;
  hasPin: boolean;
  left: boolean; // signed out: shown while something of theirs waits here
  owed: number;
}

export function person(ring: Keyring, owed = 0): Person {
  const { account, login, name, role } = ring;
  return { account, login, name, role, hasPin: Boolean(ring.byPin), left: Boolean(ring.left), owed };
}

/** Who uses this phone, and who left something unsent on it. Needs no key. */
export async function people(database: PhoneDatabase): Promise<Person[]> {
  const rings = await database.keyrings.toArray();
  const all = await Promise.all(rings.map(async (ring) => person(ring, await database.count(ring.account, OWED))));
  return all.filter((one) => !one.left || one.owed).sort((a, b) => a.name.localeCompare(b.name, 'zh'));
}

/** Whether somebody else than this login has something here. */
export async function isShared(database: PhoneDatabase, login: string): Promise<boolean> {
  return (await people(database)).some((one) => one.login !== login);
}

/** A second person comes: no key of another login lies open any more. Each is opened by its PIN or, until there is one, its password. */
export async function seclude(database: PhoneDatabase, login: string): Promise<void> {
  await database.transaction('rw', database.keyrings, async () => {
    for (const ring of await database.keyrings.toArray()) {
      if (ring.login === login || !ring.plain || !(ring.byPin || ring.byPassword)) continue;
      const { plain: _closed, ...rest } = ring;
      await database.keyrings.put(rest);
    }
  });
}

/** Whether a key opens what an account has here; where it has nothing, any key will do. */
export async function isKeyOf(database: PhoneDatabase, account: string, key: CryptoKey): Promise<boolean> {
  return new PhoneStore(database, account, key).list([...OWED, 'received', 'refused', 'conflict', 'closed'], 1).then(() => true, () => false);
}
