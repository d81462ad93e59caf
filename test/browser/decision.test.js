// Decisions in real browsers: a secret ballot of several voters counted again by an
// outside script, a ranking by keyboard alone and by dragging, paper typed by two
// and merged, voting without JavaScript; axe, Arabic, 320 pixels.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { journeys, say, sound, picture, press, tabTo } from './harness.js';

const journey = journeys();
const recount = join(dirname(fileURLToPath(import.meta.url)), '..', 'recount.mjs');
const options = ['Library on Mill Lane', 'Church hall', 'Lincoln School'];
const h1 = (page, text) => page.getByRole('heading', { level: 1, name: text }).waitFor();

/** A decision that is open, as an organizer makes it; voters' codes first, then slips. */
async function decide(page, { question, method, openness, delegates, slips = 0, dots }) {
  await page.goto('/decisions/new');
  await page.locator('#f-question').fill(question);
  for (const [name, value] of [['method', method], ['openness', openness]]) await page.locator('label', { has: page.locator(`input[name=${name}][value=${value}]`) }).click();
  if (method === 'ranked' || method === 'dots') {
    for (const [i, text] of options.entries()) await page.locator('input[name=option]').nth(i).fill(text);
  }
  if (dots) await page.locator('#f-dots').fill(String(dots));
  await sound(page, 'the form');
  await press(page, page.getByRole('button', { name: say('en', 'decision.form.save') }));
  await h1(page, say('en', 'decision.voters.title'));
  await page.locator('input[name^=d_]').first().fill(String(delegates));
  await sound(page, 'who may vote');
  await press(page, page.getByRole('button', { name: say('en', 'decision.voters.save') }));
  const at = new URL(page.url()).pathname;
  if (slips) await page.locator('#f-slips').fill(String(slips));
  await press(page, page.getByRole('button', { name: say('en', 'decision.one.codes_make') }));
  await sound(page, 'codes to cut apart');
  const codes = await page.locator('.print-cards .code').allInnerTexts();
  assert.equal(codes.length, delegates + slips);
  await page.goto(at);
  await sound(page, 'before it opens');
  await press(page, page.getByRole('button', { name: say('en', 'decision.one.open') }));
  await sound(page, 'open');
  const link = (await page.locator('figure.qr .url').innerText()).match(/\/v\/[\w-]{43}/)[0];
  return { at, codes, link };
}

async function enter(page, link, code, locale = 'en') {
  await page.goto(link);
  await h1(page, say(locale, 'decision.knock.title'));
  await page.locator('#f-code').fill(code.toLowerCase());
  await press(page, page.getByRole('button', { name: say(locale, 'decision.knock.go') }));
}

/** Seals the ballot that is marked and puts it in; returns the receipt. */
async function seal(page, locale = 'en') {
  await page.getByRole('button', { name: say(locale, 'decision.vote.next') }).click();
  await page.getByRole('heading', { name: say(locale, 'decision.check.title') }).waitFor();
  await page.locator('#seal').click();
  await page.locator('[data-step=done]').waitFor();
  return page.locator('#receipt').innerText();
}

async function closeIt(page, at) {
  await page.goto(at);
  await press(page, page.getByRole('button', { name: say('en', 'decision.one.close') }));
  await sound(page, 'closed');
}

journey('a secret ballot that an outside script counts again', async ({ visit }) => {
  const ana = await visit({ role: 'organizer' });
  const { at, codes, link } = await decide(ana, { question: 'Where do we meet from March on?', method: 'ranked', openness: 'secret', delegates: 4, slips: 3 });
  await ana.goto(at + '/poster');
  await sound(ana, 'the poster');

  // Four phones, one of them in Arabic. What is asked of the server is written down.
  const receipts = [];
  for (const [i, order] of [[0, 1], [1, 2], [1, 0], [2, 1]].entries()) {
    const locale = i === 1 ? 'ar' : 'en';
    const phone = await visit({ width: 320, height: 640, locale });
    const sent = [];
    phone.on('request', (r) => { if (r.method() === 'POST') sent.push({ url: new URL(r.url()).pathname, body: r.postData() ?? '', cookie: r.headers().cookie }); });
    await enter(phone, link, codes[i], locale);
    await sound(phone, `the ballot, ${locale}`);
    for (const n of order) await phone.locator('li', { hasText: options[n] }).getByRole('button', { name: new RegExp(`^${say(locale, 'decision.vote.up')}`) }).click();
    await phone.getByRole('button', { name: say(locale, 'decision.vote.next') }).click();
    assert.match(await phone.locator('[data-step=check] ul').innerText(), new RegExp(`1\\. ${options[order[0]]}\\s+2\\. ${options[order[1]]}`));
    await sound(phone, `read back, ${locale}`);
    if (i === 0) { // a line that breaks after signing costs no vote
      await phone.route('**/sign', async (route) => { await route.fetch(); await route.abort(); }, { times: 1 });
      await phone.locator('#seal').click();
      await phone.getByText(say('en', 'decision.seal.failed'), { exact: false }).waitFor();
    }
    await phone.locator('#seal').click();
    await phone.locator('[data-step=done]').waitFor();
    await sound(phone, `in the box, ${locale}`);
    receipts.push(await phone.locator('#receipt').innerText());
    const boxed = sent.filter((s) => s.url.endsWith('/box')), signed = sent.filter((s) => s.url.endsWith('/sign'));
    assert.ok(boxed.length === 1 && signed.length >= 1);
    for (const s of [...boxed, ...signed]) assert.equal(s.cookie, undefined, 'no cookie travels with a ballot');
    const bare = codes[i].replaceAll('-', '').toLowerCase();
    assert.ok(!boxed[0].body.toLowerCase().replaceAll('-', '').includes(bare), 'no code travels with a ballot');
    for (const s of signed) assert.ok(!s.body.includes(JSON.parse(boxed[0].body).token) && !s.body.includes('>'), 'what is signed tells nothing');
  }

  // A drawn code without JavaScript.
  const plain = await visit({ javaScriptEnabled: false });
  await plain.goto(link);
  await plain.locator('#f-code').fill(codes[4]);
  await plain.getByRole('button', { name: say('en', 'decision.knock.go') }).click();
  await plain.getByLabel(options[1]).fill('1');
  await plain.getByRole('button', { name: say('en', 'decision.vote.next') }).click();
  await plain.getByRole('button', { name: say('en', 'decision.check.cast') }).click();
  await h1(plain, say('en', 'decision.done.title'));
  // Somebody on the list without JavaScript is told what to do, and cannot send a choice by mistake.
  const other = await visit({ javaScriptEnabled: false });
  await other.goto(link);
  await other.locator('#f-code').fill(codes[3]);
  await other.getByRole('button', { name: say('en', 'decision.knock.go') }).click();
  await h1(other, say('en', 'decision.voted.title'));

  // Paper: two helpers type what is written on it; the first time they differ.
  const thu = await visit({ role: 'leader' });
  const type = async (page, place, said) => {
    await page.goto(at + '/paper');
    await page.locator('#f-code').fill(codes[5]);
    await page.getByLabel(options[place], { exact: true }).fill('1');
    await press(page, page.getByRole('button', { name: say('en', 'decision.paper.enter') }));
    await page.getByText(say('en', `decision.flash.paper_${said}`), { exact: true }).waitFor();
  };
  await type(ana, 1, 'first');
  await sound(ana, 'paper');
  await type(thu, 2, 'differ');
  await type(ana, 1, 'first');
  await type(thu, 1, 'both');

  await closeIt(ana, at);
  await ana.locator('#f-minutes').fill('We meet in the church hall.');
  await ana.locator('#f-dissent').fill('One of us needs the bus stop at the library.');
  await press(ana, ana.getByRole('button', { name: say('en', 'decision.one.record') }));
  await sound(ana, 'recorded');
  await picture(ana, 'decision-result');

  // Anybody downloads the list; a script that has nothing of ours counts it.
  const anybody = await visit({ width: 320, height: 640 });
  await anybody.goto(link);
  await sound(anybody, 'the result');
  const answer = await anybody.request.get(link + '/ballots.json');
  const file = join(mkdtempSync(join(tmpdir(), 'recount-')), 'ballots.json');
  writeFileSync(file, await answer.body());
  const counted = JSON.parse(execFileSync(process.execPath, [recount, file]).toString());
  assert.equal(counted.ballots, 6);
  const list = JSON.parse((await answer.body()).toString());
  assert.deepEqual(Object.fromEntries(list.ballots.map((b) => b.kind).map((k, _, all) => [k, all.filter((x) => x === k).length])), { online: 4, slip: 1, paper: 1 });
  const said = await anybody.locator('main').innerText();
  assert.ok(said.includes(`${options[1]} wins`), said);
  assert.equal(counted.winner, 'b'); // the second option on the form
  for (const receipt of receipts) assert.ok(list.ballots.some((b) => b.token === receipt), 'each voter is in the list');
  await anybody.locator('#f-receipt').fill(receipts[0]);
  await press(anybody, anybody.getByRole('button', { name: say('en', 'decision.recount.find') }));
  await anybody.getByText(`1. ${options[0]}`).waitFor();
  await sound(anybody, 'found');
  // One ballot changed, and the script says no.
  list.ballots[0].choice = list.ballots[0].choice === 'c' ? 'a' : 'c';
  writeFileSync(file, JSON.stringify(list));
  assert.throws(() => execFileSync(process.execPath, [recount, file], { stdio: 'pipe' }), /wrong: signature/);
});

journey('an order by keyboard alone, and by dragging', async ({ visit }) => {
  const ana = await visit({ role: 'organizer' });
  const { at, codes, link } = await decide(ana, { question: 'Which place comes first?', method: 'ranked', openness: 'hands', delegates: 3 });
  const page = await visit();
  await page.goto(link);
  await tabTo(page, page.locator('#f-code'));
  await page.keyboard.type(codes[0]);
  await page.keyboard.press('Enter');
  await h1(page, 'Which place comes first?');
  const button = (way, option) => page.getByRole('button', { name: `${say('en', `decision.vote.${way}`)}: ${option}` });
  for (const option of [options[2], options[0], options[1]]) {
    await tabTo(page, button('up', option));
    await page.keyboard.press('Enter');
    await page.getByText(say('en', 'decision.vote.placed', { Option: option, N: [options[2], options[0], options[1]].indexOf(option) + 1 })).waitFor();
  }
  await tabTo(page, button('up', options[1]));
  await page.keyboard.press('Enter'); // the third becomes the second, and keeps the keyboard
  await page.keyboard.press('Enter'); // and the first
  await tabTo(page, button('down', options[0]));
  await page.keyboard.press('Enter'); // the last goes out
  await page.getByText(say('en', 'decision.vote.unplaced', { Option: options[0] })).waitFor();
  await sound(page, 'an order');
  await tabTo(page, page.getByRole('button', { name: say('en', 'decision.vote.next') }));
  await page.keyboard.press('Enter');
  await h1(page, say('en', 'decision.check.title'));
  assert.match(await page.locator('ul.lines').innerText(), new RegExp(`1\\. ${options[1]}\\s+2\\. ${options[2]}`));
  await sound(page, 'read back');
  await tabTo(page, page.getByRole('button', { name: say('en', 'decision.check.cast') }));
  await page.keyboard.press('Enter');
  await h1(page, say('en', 'decision.done.title'));

  // With a mouse: drag the last one to the top.
  const mouse = await visit();
  await enter(mouse, link, codes[1]);
  const rows = mouse.locator('sb-rank li');
  const from = await rows.nth(2).locator('label').boundingBox(), to = await rows.nth(0).boundingBox();
  const moved = await rows.nth(2).locator('label').innerText();
  await mouse.mouse.move(from.x + 20, from.y + from.height / 2);
  await mouse.mouse.down();
  await mouse.mouse.move(from.x + 20, to.y + 30, { steps: 8 });
  await mouse.mouse.move(from.x + 20, to.y + 4, { steps: 3 });
  await mouse.mouse.up();
  await mouse.getByText(say('en', 'decision.vote.placed', { Option: moved, N: 1 })).waitFor();
  assert.equal(await mouse.getByLabel(moved, { exact: true }).inputValue(), '1');

  // Numbers alone, and twice the same place is said.
  await mouse.reload().catch(() => {});
  await enter(mouse, link, codes[1]);
  await mouse.evaluate(() => document.querySelectorAll('sb-rank input').forEach((i) => { i.value = '1'; }));
  await press(mouse, mouse.getByRole('button', { name: say('en', 'decision.vote.next') }));
  await mouse.getByText(say('en', 'decision.error.same_place')).first().waitFor();
  await sound(mouse, 'two in one place');
  await closeIt(ana, at);
});

journey('dots with plus and minus, and a show of hands', async ({ visit }) => {
  const ana = await visit({ role: 'organizer' });
  const { codes, link } = await decide(ana, { question: 'Which two first?', method: 'dots', openness: 'hands', delegates: 2, dots: 4 });
  const phone = await visit({ width: 320, height: 640, locale: 'ar' });
  await enter(phone, link, codes[0], 'ar');
  const plus = phone.getByRole('button', { name: `${say('ar', 'decision.vote.more')}: ${options[0]}` });
  for (let i = 0; i < 5; i++) await plus.click({ force: true }); // the fifth finds no dot left
  await phone.getByText(say('ar', 'decision.vote.left', { N: 0 })).waitFor();
  assert.equal(await phone.getByLabel(options[0], { exact: true }).inputValue(), '4');
  await phone.getByRole('button', { name: `${say('ar', 'decision.vote.less')}: ${options[0]}` }).click();
  await phone.getByRole('button', { name: `${say('ar', 'decision.vote.more')}: ${options[2]}` }).click();
  await sound(phone, 'dots');
  await press(phone, phone.getByRole('button', { name: say('ar', 'decision.vote.next') }));
  await sound(phone, 'dots, read back');
  await press(phone, phone.getByRole('button', { name: say('ar', 'decision.check.cast') }));
  await h1(phone, say('ar', 'decision.done.title'));
  await sound(phone, 'thanks');

  const hands = await decide(ana, { question: 'Do we join the march?', method: 'agree', openness: 'hands', delegates: 2 });
  await ana.goto(hands.at);
  await ana.locator('#f-hands_agree').fill('14');
  await ana.locator('#f-hands_disagree').fill('3');
  await press(ana, ana.getByRole('button', { name: say('en', 'decision.one.hands_save') }));
  await closeIt(ana, hands.at);
  await ana.getByText(say('en', 'decision.say.agree.person', { Agree: 14, Disagree: 3, Pass: 0 })).waitFor();
});
