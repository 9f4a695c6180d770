/** A pino line for people: time, level, message, then the rest as key=value and an error's stack below. */
export function formatLine(line: string): string {
  const { time, level, msg, err, ...rest } = JSON.parse(line) as Record<string, unknown>;
  const clock = typeof time === 'string' ? time.slice(11, 19) : '';
  const pairs = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const stack = isError(err) ? `\n${err.stack ?? err.message ?? ''}` : '';
  return `${[clock, String(level).padEnd(5), printable(String(msg ?? '')), ...pairs.map(printable)].join(' ')}${stack}\n`;
}

/** Nothing that came from outside may move a terminal's cursor. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, ' ');
}

function isError(value: unknown): value is { stack?: string; message?: string } {
  return typeof value === 'object' && value !== null;
}
