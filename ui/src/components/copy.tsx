import { useEffect, useState } from 'react';
import { Icon } from '../kinds';

interface Props {
  text: string;
  what: string;
  label?: string;
  icon?: string;
}

/** A button that copies, and says that it did. */
export function Copy({ text, what, label, icon = 'copy' }: Props) {
  const [said, setSaid] = useState<'copied' | 'failed' | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => {
      setSaid(null);
    }, 1800);
    return () => {
      clearTimeout(timer);
    };
  }, [said]);
  return (
    <button
      type="button"
      className={label === undefined ? 'copy' : 'copy labelled'}
      title={`Copy ${what}`}
      onClick={() => {
        // Browsers give the clipboard to secure origins and localhost only.
        const clipboard = navigator.clipboard as Clipboard | undefined;
        if (!clipboard) {
          setSaid('failed');
          return;
        }
        clipboard.writeText(text).then(
          () => {
            setSaid('copied');
          },
          () => {
            setSaid('failed');
          },
        );
      }}
    >
      <Icon name={said === 'copied' ? 'check' : said === 'failed' ? 'cross' : icon} />
      {label !== undefined && (
        <span>{said === 'copied' ? 'Copied' : said === 'failed' ? 'Select it by hand' : label}</span>
      )}
      <span className="hidden" aria-live="polite">
        {said === 'copied'
          ? `${what} copied`
          : said === 'failed'
            ? 'The browser refused to copy'
            : `Copy ${what}`}
      </span>
    </button>
  );
}
