/**
 * The colours that are made of the accent of the brand, so that everything can be read whatever it is. WCAG 2.2 asks for
 * a contrast of 4.5 for text (1.4.3) and of 3 for marks and borders (1.4.11).
 */
type Colour = readonly [red: number, green: number, blue: number];

export type Accent = {
  /** Behind the text of a button: the accent itself. */
  readonly ground: string;
  readonly on_ground: string;
  /** While the pointer is there. */
  readonly strong: string;
  /** Links, borders and marks on a card. */
  readonly mark: string;
};

const WHITE: Colour = [255, 255, 255];
const BLACK: Colour = [0, 0, 0];

/** `grounds`: whatever a mark may stand on. */
export function accentOf(accent_color: string, grounds: readonly string[]): Accent {
  const accent = parseColour(accent_color);
  const text = contrast(WHITE, accent) >= TEXT_CONTRAST ? WHITE : BLACK;
  return {
    ground: shown(accent),
    on_ground: shown(text),
    strong: shown(mixed(accent, text === WHITE ? BLACK : WHITE, 0.18)),
    mark: shown(readable(accent, grounds.map(parseColour))),
  };
}

const TEXT_CONTRAST = 4.5;
const STEP = 0.04;

/** As near to the accent as it can be: darker on light grounds, lighter on dark ones. */
function readable(accent: Colour, grounds: readonly Colour[]): Colour {
  const end = grounds.every((ground) => contrast(ground, BLACK) > contrast(ground, WHITE)) ? BLACK : WHITE;
  for (let share = 0; share < 1; share += STEP) {
    const colour = mixed(accent, end, share);
    if (grounds.every((ground) => contrast(colour, ground) >= TEXT_CONTRAST)) return colour;
  }
  return end;
}

function parseColour(text: string): Colour {
  const number = Number.parseInt(text.slice(1), 16);
  return [number >> 16, (number >> 8) & 255, number & 255];
}

const shown = (colour: Colour): string => `#${colour.map((channel) => channel.toString(16).padStart(2, '0')).join('')}`;

function mixed([red, green, blue]: Colour, [toRed, toGreen, toBlue]: Colour, share: number): Colour {
  const between = (from: number, to: number) => Math.round(from + (to - from) * share);
  return [between(red, toRed), between(green, toGreen), between(blue, toBlue)];
}

/** WCAG 2.2, "contrast ratio" and "relative luminance". */
function contrast(a: Colour, b: Colour): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

function luminance([red, green, blue]: Colour): number {
  const linear = (channel: number) =>
    channel <= 10.31475 ? channel / 255 / 12.92 : ((channel / 255 + 0.055) / 1.055) ** 2.4;
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}
