import { prose, quoted } from '../format';

/** A message for people: its long hashes shortened, its `code` as code. Everything else is text, whatever it is. */
export function Prose({ text }: { text: string }) {
  return prose(quoted(text)).map((part, at) =>
    part.code ? <code key={at}>{part.text}</code> : <span key={at}>{part.text}</span>,
  );
}
