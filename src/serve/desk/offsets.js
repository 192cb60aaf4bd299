// Spans of the service count bytes of UTF-8; texts of the browser count units of UTF-16.

const bytesOf = (point) => point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

// The place in the text of each byte that begins a character.
export const places = (text) => {
  const found = new Uint32Array(new TextEncoder().encode(text).length + 1);
  let byte = 0;
  for (let at = 0; at < text.length;) {
    const point = text.codePointAt(at);
    found[byte] = at;
    byte += bytesOf(point);
    at += point > 0xffff ? 2 : 1;
  }
  found[byte] = text.length;
  return found;
};
