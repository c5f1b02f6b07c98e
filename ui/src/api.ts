// The server's API, as /api/v1/openapi.json describes it.

export type Outcome = 'allow' | 'warn' | 'deny';
export type State = 'clear' | 'warned' | 'denied' | 'alerted';

export interface DigestRow {
  digest: string;
  name: string | null;
  last_seq: number;
  last_time: string;
  last_summary: string;
  kinds: Record<string, { count: number; outcome?: Outcome }>;
  state: State;
}

export interface Entry {
  seq: number;
  time: string;
  digest: string;
  kind: string;
  actor: string;
  summary: string;
  body: unknown;
  omitted?: string[];
  origin?: string;
  prev: string;
  hash: string;
}

export interface Page<T> {
  items: T[];
  next?: number;
}

export interface Verification {
  whole: boolean;
  entries: number;
  head: string;
  time: string;
  problems: { seq: number | null; what: string }[];
}

/** What the server said is wrong, or that it did not answer. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const TOKEN = 'seawall-token';

/** The token lives as long as the tab. */
export function setToken(token: string): void {
  sessionStorage.setItem(TOKEN, token);
}

/** Asks, with the token where there is one; an answer that is no success is an [`ApiError`]. */
export async function open(
  path: string,
  signal?: AbortSignal,
  headers: Record<string, string> = {},
): Promise<Response> {
  const token = sessionStorage.getItem(TOKEN);
  let response: Response;
  try {
    response = await fetch(`/api/v1/${path}`, {
      ...(signal && { signal }),
      headers: { ...headers, ...(token !== null && { authorization: `Bearer ${token}` }) },
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError(0, 'The server does not answer. Is it still running?');
  }
  if (!response.ok) {
    const problem: unknown = await response.json().catch(() => null);
    const detail =
      typeof problem === 'object' &&
      problem !== null &&
      'detail' in problem &&
      typeof problem.detail === 'string'
        ? problem.detail
        : response.statusText;
    throw new ApiError(response.status, detail);
  }
  return response;
}

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await open(path, signal, { accept: 'application/json' });
  return (await response.json()) as T;
}

export function getDigests(
  text: string,
  before: number | undefined,
  signal?: AbortSignal,
): Promise<Page<DigestRow>> {
  const query = new URLSearchParams({ limit: '50' });
  if (text !== '') query.set('q', text);
  if (before !== undefined) query.set('before', String(before));
  return get(`digests?${query.toString()}`, signal);
}

/** The entries behind `from`, all pages of them. */
export async function getTrail(digest: string, from: number, signal?: AbortSignal): Promise<Entry[]> {
  const all: Entry[] = [];
  let after: number | undefined = from;
  while (after !== undefined) {
    const page: Page<Entry> = await get(
      `trail/${encodeURIComponent(digest)}?brief=true&limit=200&after=${after}`,
      signal,
    );
    all.push(...page.items);
    after = page.items.length === 0 ? undefined : page.next;
  }
  return all;
}

export function getEntry(seq: number, signal?: AbortSignal): Promise<Entry> {
  return get(`entries/${seq}`, signal);
}

export function getVerification(signal?: AbortSignal): Promise<Verification> {
  return get('verify', signal);
}
