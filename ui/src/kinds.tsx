// What each kind of entry is called, how it looks and how it is judged.

import type { ReactNode } from 'react';
import type { Outcome } from './api';

export type Tone = 'good' | 'bad' | 'warn' | 'info' | 'plain';

export const KINDS = [
  'built',
  'scanned',
  'signed',
  'attested',
  'verified',
  'gated',
  'promoted',
  'admitted',
  'running',
  'alerted',
  'responded',
] as const;

const SHAPES: Record<string, ReactNode> = {
  built: <path d="m12 3 8 4.5v9L12 21l-8-4.5v-9zM4 7.5l8 4.5 8-4.5M12 12v9" />,
  scanned: (
    <path d="M4 8V5a1 1 0 0 1 1-1h3m8 0h3a1 1 0 0 1 1 1v3m0 8v3a1 1 0 0 1-1 1h-3m-8 0H5a1 1 0 0 1-1-1v-3M4 12h16" />
  ),
  signed: <path d="M4 20h16M6 16l9.5-9.5a2.1 2.1 0 0 1 3 3L9 19l-4 1z" />,
  attested: <path d="M7 3h7l4 4v14H7zM14 3v4h4M10 12h5m-5 4h5" />,
  verified: <path d="M12 3l7 2.5V11c0 5-3 8-7 10-4-2-7-5-7-10V5.5zM9 12l2.2 2.2L15.5 10" />,
  gated: <path d="M5 21V5m14 16V5M5 8h14M5 13h14M9.5 8v5m5-5v5" />,
  promoted: (
    <path d="M6 4v12m0 0a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5zM18 8.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zm0 0c0 5-5 5-12 7.500" />
  ),
  admitted: <path d="M13 4h6v16h-6M3 12h11m-4-4 4 4-4 4" />,
  running: <path d="M8 5.500v13l10.500-6.500z" />,
  alerted: <path d="M12 4 2.800 20h18.400zM12 10v4.500m0 2.500v.1" />,
  responded: <path d="M13 3 5 14h6l-1 7 8-11h-6z" />,
  copy: <path d="M9 9h11v11H9zM5 15H4V4h11v1" />,
  check: <path d="m5 12.500 4.500 4.500L19 7.500" />,
  cross: <path d="m6 6 12 12M18 6 6 18" />,
  chain: (
    <path d="M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.600-5.600l-1 1M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.600 5.600l1-1" />
  ),
  search: <path d="M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zm5-2 4.500 4.500" />,
  back: <path d="M19 12H5m6-6-6 6 6 6" />,
  terminal: <path d="m5 7 5 5-5 5m7 0h7" />,
};

export function Icon({ name }: { name: string }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {SHAPES[name] ?? <circle cx="12" cy="12" r="5" />}
    </svg>
  );
}

/** The word, with the verdict where there is one: `Admission denied`. */
export function label(kind: string, outcome: Outcome | null | undefined): string {
  if (kind === 'gated' || kind === 'admitted') {
    const what = kind === 'gated' ? 'Gate' : 'Admission';
    if (outcome === 'deny') return `${what} denied`;
    if (outcome === 'warn') return `${what} passed with warnings`;
    if (outcome === 'allow') return kind === 'gated' ? 'Gate passed' : 'Admitted';
  }
  return kind.charAt(0).toUpperCase() + kind.slice(1);
}

/** The same in one or two words, for chips. */
export function chipLabel(kind: string, outcome: Outcome | null | undefined): string {
  if (outcome === 'deny')
    return kind === 'gated' ? 'Gate denied' : kind === 'admitted' ? 'Denied' : label(kind, outcome);
  return label(kind, undefined);
}

export function tone(kind: string, outcome: Outcome | null | undefined): Tone {
  if (outcome === 'deny' || kind === 'alerted') return 'bad';
  if (outcome === 'warn') return 'warn';
  if (outcome === 'allow' || kind === 'signed' || kind === 'verified' || kind === 'attested') return 'good';
  if (kind === 'responded') return 'info';
  return 'plain';
}
