/**
 * `node:http` for who needs its values. An `import` of it reads every export, and one of them is the WebSocket of
 * undici, which is loaded for that: 40 ms of a start (docs/performance.md).
 */
export const http = process.getBuiltinModule('node:http');
