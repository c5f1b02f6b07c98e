import { useContext } from 'react';
import { outcome } from '../bodies';
import { label } from '../kinds';
import { LiveContext } from '../use-live';

const WORDS = { connecting: 'Connecting…', live: 'Live', lost: 'Reconnecting…' };

/** Whether the page follows the ledger, and the newest entry for those who listen. */
export function LiveMark() {
  const { state, newest } = useContext(LiveContext);
  return (
    <>
      <span className={`live ${state}`}>{WORDS[state]}</span>
      <span className="hidden" aria-live="polite">
        {newest && `${label(newest.kind, outcome(newest.body))}: ${newest.summary.slice(0, 200)}`}
      </span>
    </>
  );
}
