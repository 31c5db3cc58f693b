// Why the door of this phone stays shut for now: what a screen tells the person, or asks for.
import type { Body } from './engine/operations.ts';

export interface Role {
  id: string | number;
  title: string;
  place: string;
}

/** Too many wrong PINs: this many seconds to wait. */
export class TooOften extends Error {
  readonly seconds: number;
  constructor(seconds: number) {
    super();
    this.seconds = seconds;
  }
}

/** The account has several roles; one is chosen for this phone. */
export class ChooseRole extends Error {
  readonly roles: Role[];
  constructor(roles: Role[]) {
    super();
    this.roles = roles;
  }
}

/** The account asks for a code after the password. */
export class NeedsCode extends Error {}

/** The account has records here under a key that this password does not open: its PIN is needed first. */
export class OtherKey extends Error {}

export const roleWords = (role: Role): string => [role.title, role.place].filter(Boolean).join(' · ');

/** The role that the server chose: its id, or the whole of it. */
export function roleId(answer: Body): unknown {
  const role = answer['role'];
  return role && typeof role === 'object' ? (role as Body)['id'] : role;
}
