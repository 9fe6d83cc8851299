/** What Node.js itself costs: it reads the body of a POST, at `/read` also a row of SQLite, and answers with JSON. */
import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { DatabaseSync } from 'node:sqlite';
import { listen } from './listen.ts';

const ROWS = 10_000;

const database = new DatabaseSync(':memory:');
database.exec('create table tokens (id integer primary key, hash blob not null unique, document text not null)');
const insert = database.prepare('insert into tokens (hash, document) values (?, ?)');
const hashes = Array.from({ length: ROWS }, (_, row) => createHash('sha256').update(String(row)).digest());
database.exec('begin');
for (const hash of hashes) insert.run(hash, JSON.stringify({ scope: 'read', subject: hash.toString('hex') }));
database.exec('commit');
const find = database.prepare('select document from tokens where hash = ?');

let at = 0;

function read(): string {
  at = (at + 1) % ROWS;
  return String(find.get(hashes[at] ?? '')?.document);
}

function send(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

listen((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const received = Buffer.concat(chunks).toString();
    send(response, request.url === '/read' ? read() : JSON.stringify({ received: received.length }));
  });
});
