// Counts a published secret ballot again, with nothing of Seedbed's:
//   node recount.mjs ballots.json
// Prints what it found as JSON. Stops with status 1 at the first thing that is wrong.
import { createHash, createPublicKey, verify, constants } from 'node:crypto';
import { readFileSync } from 'node:fs';

const list = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const { spec, ballots } = list;
const check = (ok, what) => { if (!ok) { console.error(`wrong: ${what}`); process.exit(1); } };
const key = createPublicKey({ key: { kty: 'RSA', n: list.key.n, e: list.key.e }, format: 'jwk' });
const lines = (...parts) => Buffer.from(parts.join('\n'));

// 1. Every ballot is signed under the decision's key, and none comes twice.
check(list.format === 'seedbed-ballots-1', 'another format');
check(new Set(ballots.map(b => b.token)).size === ballots.length, 'a token comes twice');
for (const b of ballots) {
  const text = lines(list.format, list.decision, b.kind, b.token, b.choice);
  const how = { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
  check(verify('sha384', text, how, Buffer.from(b.signature, 'base64url')), `signature of ${b.token}`);
}
// 2. No more online ballots than voters who were given one; printed codes were announced before.
check(ballots.filter(b => b.kind === 'online').length <= list.issued, 'more ballots than voters');
for (const b of ballots.filter(b => b.kind !== 'online')) {
  check(list.slips.includes(createHash('sha256').update(lines(list.format, list.decision, b.token)).digest('hex')), `code ${b.token}`);
}
// 3. The count.
const options = spec.options ?? [];
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const short = [...createHash('sha256').update(list.key.n).digest().subarray(0, 16)].map(b => digits[b & 31]).join('');
const result = { key: short.match(/.{4}/g).join('-'), ballots: ballots.length }; // compare the key with the poster
if (options.length === 0) {
  result.answers = {};
  for (const b of ballots) result.answers[b.choice] = (result.answers[b.choice] ?? 0) + 1;
  const n = answer => result.answers[answer] ?? 0;
  if (spec.rule === 'majority') result.passed = n('agree') > n('disagree');
  if (spec.rule === 'two_thirds') result.passed = n('agree') > 0 && 3 * n('agree') >= 2 * (n('agree') + n('disagree'));
  if (spec.rule === 'objection_stops') result.passed = n('object') === 0 && ballots.length > 0;
} else if (spec.method === 'dots') {
  const row = Object.fromEntries(options.map(id => [id, { id, dots: 0, persons: 0 }]));
  for (const b of ballots.filter(b => b.choice !== '-')) {
    const given = b.choice.split(',').map(p => p.split('='));
    check(given.reduce((sum, [, n]) => sum + Number(n), 0) <= spec.dots && given.every(([id, n]) => row[id] && n >= 1 && n <= spec.per_option), `dots of ${b.token}`);
    for (const [id, n] of given) { row[id].dots += Number(n); row[id].persons++; }
  }
  result.rows = Object.values(row).sort((a, b) => b.dots - a.dots || b.persons - a.persons);
  result.chosen = result.rows.slice(0, spec.seats).filter(r => r.dots > 0).map(r => r.id);
} else {
  const votes = ballots.map(b => (b.choice === '-' ? [] : b.choice.split('>')));
  const lowest = (ids, n) => ids.filter(id => n[id] === Math.min(...ids.map(i => n[i])));
  const above = (a, b) => votes.filter(v => v.includes(a) && (!v.includes(b) || v.indexOf(a) < v.indexOf(b))).length;
  let left = [...options];
  result.rounds = [];
  while (left.length > 0) {
    const tally = Object.fromEntries(left.map(id => [id, 0]));
    for (const v of votes) { const first = v.find(id => left.includes(id)); if (first) tally[first]++; }
    const standing = Object.values(tally).reduce((a, b) => a + b, 0);
    const top = left.find(id => tally[id] === Math.max(...Object.values(tally)));
    result.rounds.push(tally);
    if (standing === 0) break;
    if (2 * tally[top] > standing || left.length === 1) { result.winner = top; break; }
    // Ties: earlier rounds from the latest back, then wins one against one, then the draw.
    let out = lowest(left, tally);
    for (const before of result.rounds.slice(0, -1).reverse()) out = lowest(out, before);
    out = lowest(out, Object.fromEntries(out.map(a => [a, out.filter(b => above(a, b) > above(b, a)).length])));
    left = left.filter(id => id !== out.at(-1));
  }
}
console.log(JSON.stringify(result));
