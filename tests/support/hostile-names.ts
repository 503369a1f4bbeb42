// File names that have broken a backup program somewhere, or would break one that splits, unescapes or trusts names.

const texts = [
  // Characters that end or colour a line.
  "new\nline",
  "\n",
  "carriage\r\nreturn",
  "tab\there",
  "\x1b[31mred\x1b[0m",
  "bell\x07 and delete\x7f",
  "one-byte escape \u009b31m in UTF-8",
  // What shells act upon.
  "it's",
  'a "quoted" name',
  "back\\slash",
  "at the end\\",
  "*",
  "?",
  "[x]",
  "{a,b}",
  "$(touch x)",
  "`touch x`",
  "; touch x",
  "& touch x",
  "| touch x",
  "> x",
  "#comment",
  "!",
  "%s%n%d",
  "~",
  "~root",
  // What option parsers and rsync act upon.
  "-rf",
  "--delete",
  "host:path",
  "root@host:path",
  ".rsync-filter",
  ".cvsignore",
  ".report.txt.AbCdEf", // rsync's temporary file for report.txt
  "..AbCdEf",
  // Pieces of rsync's output.
  ">f+++++++++ 17 x",
  "cf          ",
  "*deleting   x",
  "target -> elsewhere",
  "\\#012",
  "\\n",
  "\\x41",
  // Our own layout.
  "data",
  "snapshot.json",
  "incomplete",
  "__proto__",
  // Blanks and dots.
  " ",
  " leading",
  "trailing ",
  "...",
  "..more",
  // Unicode: two spellings of one letter, right to left, invisible, four bytes, and as long as a name may be.
  "caf\u00e9",
  "cafe\u0301",
  "\u202egnp.exe",
  "zero\u200bwidth",
  "日本語 и кириллица",
  "🦀🗄️",
  "n".repeat(255),
  "語".repeat(85), // 255 bytes
];

const bytes = [
  [0xff, 0xfe],
  [0x63, 0x61, 0x66, 0xe9], // "café" in Latin-1
  [0x63, 0x75, 0x74, 0xc3], // a letter of two bytes cut in half
  [0xed, 0xa0, 0x80], // half a surrogate pair
  [0xc0, 0xaf], // "/" spelled too long
  [0x0a, 0xff, 0x5c],
];

/** Every name as its bytes; all different, none over 255 bytes. */
export const hostileNames: readonly Buffer[] = [
  ...texts.map((text) => Buffer.from(text)),
  ...bytes.map((name) => Buffer.from(name)),
];
