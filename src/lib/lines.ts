/** One line without its end, or what is left out of it because it is longer than the limit: then `text` is undefined. */
export type Line = { readonly number: number; readonly text: Buffer | undefined };

const NEWLINE = 0x0a;

/** Of a stream of any length. No more than one line is held at a time, and nothing of one that is longer than `limit` bytes. */
export async function* linesOf(stream: AsyncIterable<Uint8Array>, limit: number): AsyncGenerator<Line> {
  let number = 1;
  let pieces: Uint8Array[] = [];
  let length = 0;
  const add = (piece: Uint8Array) => {
    length += piece.length;
    if (length > limit) pieces = [];
    else pieces.push(piece);
  };
  const take = (): Line => {
    const line = { number: number++, text: length > limit ? undefined : Buffer.concat(pieces) };
    [pieces, length] = [[], 0];
    return line;
  };
  for await (const chunk of stream) {
    let begin = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, begin)) {
      add(chunk.subarray(begin, end));
      yield take();
      begin = end + 1;
    }
    if (begin < chunk.length) add(chunk.subarray(begin));
  }
  if (length > 0) yield take();
}
