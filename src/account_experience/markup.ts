import { escapeHtml } from '../http/reply.ts';

/** Text that is HTML already. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What a template may hold; false and undefined leave nothing. */
export type Content = Markup | string | number | false | undefined | readonly Content[];

/** A template whose values are escaped, unless they are markup themselves. Attribute values belong in double quotes. */
export function markup(parts: TemplateStringsArray, ...values: readonly Content[]): Markup {
  let text = parts[0] ?? '';
  for (let at = 0; at < values.length; at++) text += textOf(values[at]) + parts[at + 1];
  return new Markup(text);
}

function textOf(content: Content): string {
  if (content === undefined || content === false) return '';
  if (content instanceof Markup) return content.text;
  return typeof content === 'object' ? content.map(textOf).join('') : escapeHtml(String(content));
}
