/** The phone's clock may be wrong, set back, or a year ahead. The server's word is kept and counted on from. */

export interface Contact {
  server: number; // the server's time at the last answer
  phone: number; // the phone's at the same moment
  business: string; // the day the server works in
}

export const LEASE = 14 * 24 * 3600_000;

/** How far the phone is ahead of the server, in milliseconds. */
export function skew(contact: Contact): number {
  return contact.phone - contact.server;
}

/** The time by the server, as well as the phone can tell. Never earlier than the last answer. */
export function serverNow(contact: Contact, phone: number): number {
  return Math.max(contact.server, phone - skew(contact));
}

/** A demonstration stands still at its date; elsewhere days go on without a network. */
export function businessToday(contact: Contact | undefined, phone: number): string {
  if (!contact) return shanghaiDay(phone);
  if (contact.business !== shanghaiDay(contact.server)) return contact.business;
  return shanghaiDay(serverNow(contact, phone));
}

/** What was fetched may be shown for fourteen days after the last answer; what was written here stays whatever happens. */
export function leaseLeft(contact: Contact, phone: number): number {
  return contact.server + LEASE - serverNow(contact, phone);
}

export function shanghaiDay(at: number): string {
  return new Date(at + 8 * 3600_000).toISOString().slice(0, 10);
}

/** ISO with the offset of Shanghai: what a person means by the time. */
export function shanghaiTime(at: number): string {
  return `${new Date(at + 8 * 3600_000).toISOString().slice(0, 19)}+08:00`;
}

export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** Order of ISO days, where there is none first; quicker by far than a language's order. */
export function byDay(a: string | undefined, b: string | undefined): number {
  const [left, right] = [a ?? '', b ?? ''];
  return left < right ? -1 : left > right ? 1 : 0;
}
