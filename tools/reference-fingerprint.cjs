// Prints a digest of the API reference, so that cached test results change with it. Plain CommonJS for any Node.
const { createHash } = require('node:crypto');
const { existsSync, readFileSync } = require('node:fs');
const { resolve } = require('node:path');

const file = resolve(__dirname, '..', process.env.ZHTP_SPEC ?? '../shared/spec/api-reference.md');
console.log(existsSync(file) ? createHash('sha256').update(readFileSync(file)).digest('hex') : 'absent');
