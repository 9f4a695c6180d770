import { describe, expect, it } from 'vitest';
import { parseReply } from './http-reply.ts';

const reply = 'HTTP/1.1 200 OK\r\nContent-Type: x\r\nContent-Length: 5\r\n\r\nhëll';

describe('a reply of the server', () => {
  it('is read whole, by bytes and not characters, and says how long it was', () => {
    expect(parseReply(Buffer.from(`${reply}HTTP/1.1`))).toEqual({
      reply: { status: 200, body: 'hëll' },
      lengthBytes: Buffer.byteLength(reply),
    });
  });
  it('is waited for until its last byte is there', () => {
    const bytes = Buffer.from(reply);
    const early = Array.from({ length: bytes.length }, (_, length) => parseReply(bytes.subarray(0, length)));
    expect(early.every((parsed) => parsed === null)).toBe(true);
  });
  it('needs no length where it can have no body', () => {
    expect(parseReply(Buffer.from('HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n'))?.reply).toEqual({
      status: 204,
      body: '',
    });
  });
  it.each(['SSH-2.0-x\r\n\r\n', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n'])('is not %j', (text) => {
    expect(() => parseReply(Buffer.from(text))).toThrow(Error);
  });
});
