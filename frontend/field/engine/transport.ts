/** One request to the server. Whatever is not an answer of our own server is the same as no network. */
import type { Body } from './operations.ts';

export const PROTOCOL = 1;

/** No network, a time-out, a gateway's page, a captive portal: nothing is known, everything is kept. */
export class Unreachable extends Error {
  /** What our server said of it, if it was our server: a full disk, a restart. */
  readonly words: string;
  constructor(message: string, words = '') {
    super(message);
    this.words = words;
  }
}

/** Our server answered and says no to the request as a whole; `message` is for the person. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly answer: Body;
  constructor(status: number, code: string, message: string, answer: Body) {
    super(message);
    this.status = status;
    this.code = code;
    this.answer = answer;
  }
}

export interface Sent {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path: string;
  json?: unknown;
  bytes?: Uint8Array<ArrayBuffer>;
  type?: string;
  token?: string;
  patience?: number; // milliseconds until it counts as no network
}

export type Transport = (sent: Sent) => Promise<Body>;

export function overFetch(root: string, language: () => string): Transport {
  return async (sent) => {
    const cut = new AbortController();
    const timer = setTimeout(() => cut.abort(), sent.patience ?? 20_000);
    const headers: Record<string, string> = { 'X-Client': String(PROTOCOL), Accept: 'application/json', 'Accept-Language': language() };
    if (sent.token) headers['Authorization'] = `Bearer ${sent.token}`;
    if (sent.json !== undefined) headers['Content-Type'] = 'application/json';
    if (sent.type) headers['Content-Type'] = sent.type;
    const body = sent.bytes ?? (sent.json === undefined ? undefined : JSON.stringify(sent.json));
    let status: number;
    let text: string;
    try {
      const response = await fetch(root + sent.path, {
        method: sent.method, headers, body: body ?? null, signal: cut.signal,
        cache: 'no-store', credentials: 'omit', redirect: 'error',
      });
      status = response.status;
      text = await response.text();
    } catch (error) {
      throw new Unreachable(String(error));
    } finally {
      clearTimeout(timer);
    }
    return understood(status, text);
  };
}

/** The answer, if our server wrote it. A status alone is nobody's word. */
export function understood(status: number, text: string): Body {
  if (status === 204) return {};
  let answer: Body;
  try {
    answer = JSON.parse(text);
  } catch {
    throw new Unreachable(`not our server (${status})`);
  }
  if (answer === null || typeof answer !== 'object' || Array.isArray(answer)) throw new Unreachable(`not our server (${status})`);
  if (status >= 200 && status < 300) {
    if (typeof answer['server_time'] !== 'string') throw new Unreachable('not our server');
    return answer;
  }
  if (typeof answer['message'] !== 'string') throw new Unreachable(`not our server (${status})`);
  if (status >= 500) throw new Unreachable(`server is not ready (${status})`, answer['message']);
  throw new Refused(status, String(answer['code'] ?? ''), answer['message'], answer);
}
