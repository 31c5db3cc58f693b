/** Who uses the phone now, what is known of their places, and when things are sent. The screens read `state` and call the functions. */
import { liveQuery } from 'dexie';
import { computed, reactive, shallowRef } from 'vue';

import { addDays, businessToday, leaseLeft, serverNow, shanghaiTime } from './engine/clock.ts';
import type { Contact } from './engine/clock.ts';
import { newId } from './engine/ids.ts';
import type { Attachment, Body, Held, Operation } from './engine/operations.ts';
import { OWED } from './engine/operations.ts';
import { wait } from './engine/pace.ts';
import { isKeyOf, isShared, people, person, seclude } from './engine/people.ts';
import type { Person } from './engine/people.ts';
import { send } from './engine/sending.ts';
import { EMPTY, merged, own } from './engine/slice.ts';
import type { Slice } from './engine/slice.ts';
import { database } from './database.ts';
import { deviceId, label } from './device.ts';
import { forgetFetched, PhoneStore } from './engine/store.ts';
import type { CachedRow, Keyring } from './engine/store.ts';
import { overFetch, Refused, Unreachable } from './engine/transport.ts';
import { newKey, openJson, sealJson, unwrap, wrap, WrongSecret } from './engine/vault.ts';
import { applySettings } from './look.ts';
import { ChooseRole, NeedsCode, OtherKey, roleId, roleWords, TooOften } from './refusals.ts';
import type { Role } from './refusals.ts';
import { language, t } from './words.ts';

const transport = overFetch('/api/v1/', () => (language.value === 'en' ? 'en' : 'zh-CN'));

export type Net = 'unknown' | 'online' | 'offline' | 'sending' | 'signed-out' | 'too-old' | 'refused';

export const state = reactive({
  stage: 'starting' as 'starting' | 'sign-in' | 'locked' | 'open',
  account: '',
  name: '',
  login: '',
  role: '',
  hasPin: false,
  net: 'unknown' as Net,
  netMessage: '',
  contact: undefined as Contact | undefined,
  fetchedAt: '',
  owed: 0,
  received: 0,
  toDecide: 0, // refused and conflicts
  now: Date.now(),
  kinds: [] as string[],
  expired: false,
  people: [] as Person[],
});
/** Not deep: a town has two thousand households. */
export const slice = shallowRef<Slice>(EMPTY);
/** Grows by one whenever records on the phone change, in whichever tab. */
export const changes = shallowRef(0);

export const today = computed(() => businessToday(state.contact, state.now));
export const posting = computed(() => slice.value.posting as { id?: string; own?: boolean; official?: string; title?: string; host?: string; place?: string; arrived_on?: string });

/** Somebody else uses this phone too: nobody goes without a PIN then. */
export const shared = computed(() => state.people.some((one) => one.login !== state.login));

/** A code list of the server: code → words. */
export function list(name: string): Record<string, string> {
  return (slice.value.lists[name] ?? {}) as Record<string, string>;
}

let phone: PhoneStore | undefined;
let token: string | undefined;
let failures = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let touched = Date.now();
let counting: { unsubscribe: () => void } | undefined;
const LOCK_AFTER = 15 * 60_000;
const FETCH_EVERY = 5 * 60_000;
let fetched = 0;
let before = ''; // who had it open last

export function store(): PhoneStore {
  if (!phone) throw new Error('locked');
  return phone;
}

// --- Beginning, opening, locking -------------------------------------------------------------------------------------

/** Everything that the first screen needs, read at once: on a cheap phone each reading costs more than what is read. */
export async function begin(): Promise<void> {
  const [meta, rings, rows] = await Promise.all([database.meta.toArray(), database.keyrings.toArray(), database.cache.toArray()]);
  const said = new Map(meta.map((one) => [one.name, one.value]));
  state.contact = said.get('contact') as Contact | undefined;
  await applySettings(said);
  const ring = rings.find((one) => one.account === said.get('account'));
  state.people = rings.filter((one) => !one.left).map((one) => person(one));
  listen();
  if (ring) named(ring);
  if (ring?.plain && !ring.byPin) await opened(ring, ring.plain, rows);
  else atTheDoor();
}

/** Who is it? Of those who use this phone; where there is nobody, a first one signs in. */
function atTheDoor(): void {
  watchCounts();
  state.stage = state.people.some((one) => !one.left) ? 'locked' : 'sign-in';
}

function named(ring: Keyring): void {
  if (ring.account !== state.account) Object.assign(state, { owed: 0, received: 0, toDecide: 0, fetchedAt: '', kinds: [] }); // the other one's
  Object.assign(state, { account: ring.account, name: ring.name, login: ring.login, role: ring.role, hasPin: Boolean(ring.byPin) });
}

async function opened(ring: Keyring, key: CryptoKey, read?: CachedRow[]): Promise<void> {
  named(ring);
  Object.assign(state, { net: 'unknown', netMessage: '', expired: false });
  if (before && before !== ring.account) location.hash = '#/today';
  before = ring.account;
  phone = new PhoneStore(database, ring.account, key);
  const rows = (await endLease()) || !read ? undefined : read;
  const [pass, held, me] = await Promise.all([
    ring.token && openJson<string>(key, ring.token, 'token'),
    phone.cached<Slice>('slice', rows),
    phone.cached<{ kinds: string[]; at: string }>('me', rows),
  ]);
  token = pass;
  slice.value = held ?? (await phone.cached<Slice>('own')) ?? EMPTY;
  state.kinds = me?.kinds ?? (await database.say<string[]>(`kinds/${ring.account}`)) ?? (await database.say<string[]>('kinds')) ?? [];
  state.fetchedAt = me?.at ?? '';
  touched = Date.now();
  watchCounts();
  state.stage = 'open';
  failures = 0; // somebody is looking at it again
  if (!token) state.net = 'signed-out';
  // The screen is drawn first.
  setTimeout(() => {
    void sync(true);
    if (phone && state.contact) void phone.tidy(addDays(today.value, -14));
  }, 150);
}

/** Throws `WrongSecret`. After five wrong tries each next one waits longer. */
export async function unlock(secret: string, by: 'pin' | 'password' = 'pin', account = state.account): Promise<void> {
  const ring = await database.keyrings.get(account);
  const wrapped = by === 'pin' ? ring?.byPin : ring?.byPassword;
  if (!ring || !wrapped) throw new WrongSecret();
  if (Date.now() < ring.until && ring.until - Date.now() < 3600_000) throw new TooOften(Math.ceil((ring.until - Date.now()) / 1000));
  let key: CryptoKey;
  try {
    key = await unwrap(wrapped, secret);
  } catch (error) {
    const wrong = ring.wrong + 1;
    await database.keyrings.update(ring.account, { wrong, until: wrong >= 5 ? Date.now() + Math.min(600, 15 * 2 ** (wrong - 5)) * 1000 : 0 });
    throw error;
  }
  await database.keyrings.update(ring.account, { wrong: 0, until: 0 });
  await database.keep('account', account);
  await opened(ring, key);
}

/** The key leaves memory. Without a PIN there is nothing to lock with, unless the phone is shared: then there is the password. */
export function lock(): void {
  if (state.stage !== 'open' || !(state.hasPin || shared.value)) return;
  putAway();
  state.stage = 'locked';
}

/** Somebody else signs in: what this one wrote stays, sealed. */
export function makeRoom(): void {
  lock();
  state.stage = 'sign-in';
}

export const goBack = (): void => (phone ? void (state.stage = 'open') : atTheDoor());

function putAway(): void {
  phone = undefined;
  token = undefined;
  slice.value = EMPTY;
  clearTimeout(timer);
}

export async function setPin(pin: string): Promise<void> {
  const wrapped = await wrap(store().key, pin);
  const ring = (await database.keyrings.get(state.account))!;
  const { plain: _gone, ...rest } = ring;
  await database.keyrings.put({ ...rest, byPin: wrapped, wrong: 0, until: 0 });
  state.hasPin = true;
}

/** The same PIN again before it may be taken away: a phone lent for a call stays locked. */
export async function dropPin(pin: string): Promise<void> {
  const ring = (await database.keyrings.get(state.account))!;
  await unwrap(ring.byPin!, pin);
  const { byPin: _gone, ...rest } = ring;
  await database.keyrings.put({ ...rest, plain: store().key });
  state.hasPin = false;
}

// --- Signing in and out ----------------------------------------------------------------------------------------------

/** Throws `ChooseRole`, `NeedsCode`, `Refused` with words for the person, `Unreachable`. */
export async function signIn(login: string, password: string, more: { code?: string; role?: Role['id'] } = {}): Promise<void> {
  let answer: Body;
  try {
    answer = await transport({
      method: 'POST', path: 'devices',
      json: { login, password, ...more, label: label(), device: await deviceId() },
    });
  } catch (error) {
    if (error instanceof Refused && error.status === 409 && Array.isArray(error.answer['roles'])) throw new ChooseRole(error.answer['roles'] as unknown as Role[]);
    if (error instanceof Refused && ['code_wanted', 'code_wrong'].includes(error.code)) throw new NeedsCode(error.message);
    throw error;
  }
  await heard(answer);
  const roles = answer['roles'] as unknown as Role[];
  const role = roles.find((one) => String(one.id) === String(roleId(answer))) ?? roles[0]!;
  const account = `${login}#${role.id}`;
  const known = await database.keyrings.get(account);
  const key = (known && (await keyOf(known, password))) ?? (await newKey());
  const fresh = known && !(await isKeyOf(database, account, key));
  if (fresh) throw new OtherKey();
  const ring: Keyring = {
    account, login, name: String(answer['name']), role: roleWords(role),
    ...(known?.byPin ? { byPin: known.byPin } : (await isShared(database, login)) ? {} : { plain: key }),
    byPassword: await wrap(key, password), token: await sealJson(key, answer['token'], 'token'), wrong: 0, until: 0,
  };
  await database.keyrings.put(ring);
  await adoptEnded(login, password, account, key, roles);
  await seclude(database, login);
  await database.keep('account', account);
  await opened(ring, key);
}

/** A posting moved: what the ended role had not sent is sent by the role that the person has now; the server decides about each. */
async function adoptEnded(login: string, password: string, account: string, key: CryptoKey, roles: Role[]): Promise<void> {
  const lives = new Set(roles.map((role) => `${login}#${role.id}`));
  for (const ring of await database.keyrings.toArray()) {
    if (ring.login !== login || lives.has(ring.account)) continue;
    const old = await keyOf(ring, password);
    if (!old) continue; // opens with its PIN only: it is unlocked first, as the page of signing in says
    await new PhoneStore(database, account, key).adopt(new PhoneStore(database, ring.account, old));
    await database.keyrings.delete(ring.account);
  }
}

async function keyOf(ring: Keyring, password: string): Promise<CryptoKey | undefined> {
  if (phone?.account === ring.account) return phone.key;
  if (ring.plain) return ring.plain;
  return ring.byPassword && unwrap(ring.byPassword, password).catch(() => undefined);
}

/** What was fetched is forgotten; what was not sent stays, sealed, until the same person signs in again. */
export async function signOut(): Promise<void> {
  const { account } = state;
  if (token) {
    try {
      await transport({ method: 'DELETE', path: 'devices/me', token, patience: 8000 });
    } catch (error) {
      if (!(error instanceof Unreachable || error instanceof Refused)) throw error; // it ends by itself; the administrators can end it
    }
  }
  await forgetFetched(database, account);
  const ring = (await database.keyrings.get(account))!;
  const { token: _token, plain, ...rest } = ring;
  // With nothing owed the password or PIN is enough to open the receipts; with something owed no way in is thrown away.
  await database.keyrings.put({ ...rest, left: true, ...(plain && (await database.count(account, OWED)) ? { plain } : {}) });
  await database.meta.delete('account');
  putAway();
  Object.assign(state, { account: '', name: '', login: '', role: '', hasPin: false, net: 'unknown', netMessage: '', kinds: [] });
  state.people = await people(database);
  atTheDoor();
}

// --- Writing ---------------------------------------------------------------------------------------------------------

export interface Draft {
  kind: string;
  body: Body;
  title: string;
  base?: number;
  after?: string[];
  attachments?: readonly Attachment[];
}

/** Puts a record on the phone; it is safe there when this returns, and is sent as soon as there is a network. */
export async function write(draft: Draft): Promise<string> {
  const photos = (draft.attachments ?? []).map((one) => one.sha256);
  const operation: Operation = {
    id: newId(), kind: draft.kind, at: shanghaiTime(Date.now()), body: draft.body,
    ...(draft.base === undefined ? {} : { base: draft.base }),
    ...(draft.after?.length ? { after: draft.after } : {}),
    ...(photos.length ? { photos } : {}),
  };
  await store().add(JSON.parse(JSON.stringify(operation)), draft.title, draft.attachments, today.value);
  void sync();
  return operation.id;
}

/** Another text for a record that has not left the phone. */
export async function rewrite(held: Held, body: Body, title: string): Promise<void> {
  await store().edit(JSON.parse(JSON.stringify({ ...held.operation, body })), title);
  void sync();
}

export interface Seen { url: string; kind: string }

/** Photos and voice memos of a draft, fetched to be looked at and kept nowhere. */
export async function photosOf(draft: string, count: number): Promise<Seen[]> {
  const found: Seen[] = [];
  for (let n = 1; n <= count; n += 1) {
    const answer = await transport({ method: 'GET', path: `drafts/${draft}/photos/${n}`, ...(token ? { token } : {}) });
    const kind = String(answer['kind']);
    const bytes = Uint8Array.from(atob(String(answer['data'])), (one) => one.charCodeAt(0));
    found.push({ kind, url: URL.createObjectURL(new Blob([bytes], { type: kind })) });
  }
  return found;
}

// --- Sending and fetching --------------------------------------------------------------------------------------------

/** One round of sending and, when it is time, fetching. Only one runs at a time in all tabs. */
export async function sync(now = false): Promise<void> {
  if (!phone || !token) return;
  await (navigator.locks ? navigator.locks.request('shibaiqian-sync', { ifAvailable: !now }, (held) => (held ? round(now) : soon())) : round(now));
}

/** A round is under way, here or in another tab, and may have passed what was written just now. */
function soon(): void {
  clearTimeout(timer);
  timer = setTimeout(() => void sync(), 1500);
}

async function round(now: boolean): Promise<void> {
  const [mine, pass] = [phone, token];
  if (!mine || !pass) return;
  clearTimeout(timer);
  state.net = 'sending';
  try {
    const sent = await send({ queue: mine, transport, token: pass, now: () => new Date() });
    if (sent.last) await heard(sent.last);
    if (phone === mine && (now || sent.answered || Date.now() - fetched > FETCH_EVERY)) await fetchSlice(mine, pass);
    if (phone !== mine) return; // somebody else has it in hand now
    failures = sent.left ? failures + 1 : 0;
    state.net = 'online';
    state.netMessage = '';
  } catch (error) {
    if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
    if (error instanceof Refused && (error.status === 401 || error.code === 'role_ended')) await tokenDied(mine);
    if (phone !== mine) return;
    failures += 1;
    away(error);
  }
  if (phone !== mine || !token) return;
  clearTimeout(timer);
  const written = !failures && (await mine.owes()) > 0; // while this round was under way
  timer = setTimeout(() => void sync(), failures ? wait(failures) : written ? 300 : FETCH_EVERY);
}

function away(error: Unreachable | Refused): void {
  state.netMessage = error instanceof Refused ? error.message : error.words;
  if (error instanceof Unreachable) state.net = 'offline';
  else if (token) state.net = error.status === 426 ? 'too-old' : 'refused';
}

/** Signed out from elsewhere, expired, or a new password: what was fetched goes, what was written stays until the next sign-in. */
async function tokenDied(mine: PhoneStore): Promise<void> {
  const ring = await database.keyrings.get(mine.account);
  if (ring) {
    const { token: _dead, ...rest } = ring;
    await database.keyrings.put(rest);
  }
  await forgetFetched(database, mine.account);
  if (phone !== mine) return;
  token = undefined;
  slice.value = own(slice.value);
  state.net = 'signed-out';
}

async function fetchSlice(mine: PhoneStore, pass: string): Promise<void> {
  const held = (await mine.cached<Slice>('slice')) ?? (await mine.cached<Slice>('own')) ?? EMPTY;
  const since = held.cursor ? `?since=${encodeURIComponent(held.cursor)}` : '';
  const me = await transport({ method: 'GET', path: 'me', token: pass });
  const answer = await transport({ method: 'GET', path: `slice${since}`, token: pass, patience: 60_000 });
  await heard(answer);
  const next = merged(held, answer);
  const kinds = (me['kinds'] as string[] | undefined) ?? [];
  const at = shanghaiTime(serverNow(state.contact!, Date.now()));
  const role = roleWords(me['role'] as unknown as Role);
  await database.keyrings.update(mine.account, { role });
  await database.keep(`kinds/${mine.account}`, kinds);
  await mine.putCached({ slice: next, own: own(next), me: { kinds, at } });
  if (phone !== mine) return;
  Object.assign(state, { role, kinds, fetchedAt: at, expired: false });
  fetched = Date.now();
  slice.value = next;
}

/** Each answer says what time it is; the phone's own clock decides nothing. */
async function heard(answer: Body): Promise<void> {
  const server = Date.parse(String(answer['server_time']));
  if (Number.isNaN(server)) return;
  const contact = { server, phone: Date.now(), business: String(answer['business_date'] ?? '') };
  state.contact = contact;
  await database.keep('contact', contact);
}

/** Fourteen days without an answer: what was fetched about households goes; the next contact brings it back. */
async function endLease(): Promise<boolean> {
  if (!phone || !state.contact || leaseLeft(state.contact, Date.now()) > 0) return false;
  await forgetFetched(database, phone.account);
  slice.value = own(slice.value);
  state.expired = true;
  return true;
}

function watchCounts(): void {
  counting?.unsubscribe();
  const { account } = state;
  const counts = (): Promise<[number, number, number, Person[]]> =>
    Promise.all([database.count(account, OWED), database.count(account, ['received']), database.count(account, ['refused', 'conflict']), people(database)]);
  counting = liveQuery(counts).subscribe(
    ([owed, received, toDecide, everybody]) => {
      Object.assign(state, { owed, received, toDecide, people: everybody });
      changes.value += 1;
    },
  );
}

let listening = false;

function listen(): void {
  if (listening) return;
  listening = true;
  window.addEventListener('online', () => {
    failures = 0;
    void sync();
  });
  window.addEventListener('offline', () => {
    if (state.stage === 'open' && state.net === 'online') state.net = 'offline';
  });
  document.addEventListener('visibilitychange', () => {
    state.now = Date.now();
    if (Date.now() - touched > LOCK_AFTER) lock();
    else if (!document.hidden) void sync();
  });
  for (const kind of ['pointerdown', 'keydown']) window.addEventListener(kind, () => (touched = Date.now()), { passive: true });
  setInterval(() => {
    state.now = Date.now();
    if (Date.now() - touched > LOCK_AFTER) lock();
    void endLease();
  }, 20_000);
}

export const countsLine = computed(() => t('手机上 {owed} 条，已收到 {received} 条', { owed: state.owed, received: state.received }));
