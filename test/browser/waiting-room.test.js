// People without a name: a question in the waiting room answered on a phone in Arabic,
// on a kiosk and without scripts; and two opinions that votes alone make visible.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { journeys, press, say, saying, sound, tabTo } from './harness.js';

const journey = journeys();
const button = (page, lang, key) => page.getByRole('button', { name: say(lang, key), exact: true });
const h1 = (page, lang, key) => page.getByRole('heading', { level: 1, name: say(lang, key) }).waitFor();

/** The organizer makes a place in the open campaign; returns the path of its address. */
async function place(ana, name, { kiosk = false } = {}) {
  await ana.goto('/campaigns');
  const at = await ana.getByRole('link', { name: 'Fall listening' }).getAttribute('href');
  await ana.goto(`${at.replace('/campaigns/', '/answers/')}/places`);
  await ana.getByLabel(say('en', 'answer.places.name')).fill(name);
  if (kiosk) await ana.locator('input[name=kiosk]').check();
  await press(ana, button(ana, 'en', 'answer.places.save'));
  const there = ana.getByRole('listitem').filter({ hasText: name });
  return new URL(await there.locator('bdi').innerText()).pathname;
}

/** Somebody whose phone keeps nothing: no cookie before, none on any screen after. */
async function nobody(visit, options) {
  const page = await visit(options);
  await page.context().clearCookies();
  page.seen = async (what) => {
    await sound(page, what, options.javaScriptEnabled === false ? { withAxe: false } : {});
    assert.deepEqual(await page.context().cookies(), [], `${what}: no cookie`);
  };
  return page;
}

const worked = (page) => page.waitForFunction(() => document.querySelector('sb-proof input').value !== '');
const words = 'الإيجار يزيد كل سنة';

journey('the waiting room, on a phone in Arabic', async ({ visit, demo }) => {
  const ana = await visit({ role: 'organizer' });
  const address = await place(ana, 'Waiting room upstairs');
  await sound(ana, 'places');
  const phone = await nobody(visit, { width: 360, height: 740, locale: 'ar' });
  await phone.goto(address);
  assert.equal(await phone.locator('html').getAttribute('dir'), 'rtl');
  await phone.seen('the welcome');
  await press(phone, button(phone, 'ar', 'answer.ask.begin'));
  await phone.locator('textarea').fill(words);
  await phone.seen('the first question');
  let questions = 1;
  await press(phone, button(phone, 'ar', 'answer.ask.next'));
  for (; await phone.locator('textarea').count(); questions++) {
    assert.equal(await phone.locator('textarea').count(), 1, 'one question on a screen');
    await phone.seen(`question ${questions + 1}`);
    await press(phone, button(phone, 'ar', 'answer.ask.next'));
  }
  for (let back = questions; back > 0; back--) await press(phone, button(phone, 'ar', 'answer.ask.back'));
  assert.equal(await phone.locator('textarea').inputValue(), words, 'going back keeps what was typed');
  for (let on = 0; on < questions; on++) await press(phone, button(phone, 'ar', 'answer.ask.next'));
  await h1(phone, 'ar', 'answer.ask.check');
  await phone.getByText(words).waitFor();
  await phone.seen('the check');
  await worked(phone);
  await press(phone, button(phone, 'ar', 'answer.ask.send'));
  await h1(phone, 'ar', 'answer.thanks.title');
  const receipt = await phone.locator('#receipt').innerText();
  assert.equal(receipt.trim().split(/[\s-]+/).length, 6, `six words: ${receipt}`);
  await phone.seen('the receipt');

  const later = await nobody(visit, { width: 360, height: 740, locale: 'ar' });
  await later.goto('/ask');
  await later.seen('the way back');
  await later.getByLabel(say('ar', 'answer.door.words')).fill(receipt.toUpperCase());
  await press(later, button(later, 'ar', 'answer.door.go'));
  await later.getByText(words).waitFor();
  await later.seen('what was said');
  const queue = new URL(ana.url()).pathname.replace('/places', '');
  await ana.goto(queue);
  await ana.getByText(words).waitFor();
  await sound(ana, 'answers that wait');
  await press(later, button(later, 'ar', 'answer.mine.end'));
  await later.getByText(say('ar', 'answer.mine.withdrawn')).waitFor();
  assert.equal(await later.getByText(words).count(), 0);
  await later.seen('taken back');
  await ana.reload();
  assert.equal(await ana.getByText(words).count(), 0, 'the team has it no longer');
  assert.ok(!demo.log().includes(words) && !demo.log().includes(receipt), 'no log has the words or the receipt');
});

/** What somebody sees who goes back as far as the device lets them: nothing but its start. */
async function goBack(page, start) {
  const texts = [];
  for (let i = 0; i < 12; i++) {
    await page.goBack({ timeout: 5000, waitUntil: 'commit' }).catch(() => {});
    if (page.url() === 'about:blank') break;
    await page.waitForFunction(() => document.readyState === 'complete' && performance.getEntriesByType('navigation')[0]?.type === 'navigate'); // the start, come anew
    await start.waitFor();
    texts.push(await page.content());
  }
  assert.equal(page.url(), 'about:blank', 'there is an end to going back');
  return texts.join(' ');
}

/** The kiosk's two minutes pass in one second. Its own clock stays: a false one would hide how a page came. */
const impatient = (page) => page.locator('sb-kiosk').evaluate((e) => { e.dataset.seconds = '1'; });

journey('a kiosk forgets whoever was there', async ({ visit }) => {
  const ana = await visit({ role: 'organizer' });
  const address = await place(ana, 'Kiosk at the door', { kiosk: true });
  const kiosk = await nobody(visit, { width: 800, height: 1100 });
  await kiosk.goto(address);
  await kiosk.seen('the start of a kiosk');
  await press(kiosk, button(kiosk, 'en', 'answer.ask.begin'));
  await kiosk.locator('textarea').fill('somebody left in the middle');
  await press(kiosk, button(kiosk, 'en', 'answer.ask.next'));
  await impatient(kiosk);
  const start = button(kiosk, 'en', 'answer.ask.begin');
  await start.waitFor();
  assert.ok(!(await goBack(kiosk, start)).includes('left in the middle'), 'Back after somebody who left');

  await kiosk.goto(address);
  await press(kiosk, button(kiosk, 'en', 'answer.ask.begin'));
  await kiosk.locator('textarea').fill('somebody who sent it');
  for (let n = 0; await kiosk.locator('textarea').count() && n < 20; n++) await press(kiosk, button(kiosk, 'en', 'answer.ask.next'));
  await worked(kiosk);
  await press(kiosk, button(kiosk, 'en', 'answer.ask.send'));
  const receipt = await kiosk.locator('#receipt').innerText();
  await kiosk.seen('the receipt of a kiosk');
  await impatient(kiosk);
  await start.waitFor();
  const seen = await goBack(kiosk, start);
  assert.ok(!seen.includes('somebody who sent it') && !seen.includes(receipt), 'Back after somebody who sent');
});

const statements = ['Open the clinic on Saturdays.', 'Pay for a bus to the clinic.', 'Put signs in every language.', 'Keep the front door open for walk-ins.',
  'Make every visit longer.', 'Let people wait outside in summer.', 'Ask patients before a change.', 'Hire people from the neighborhood.'];
const united = 'Ask patients before a change.';

/** A conversation of eight statements; returns its address and the path of its votes. */
async function conversation(ana) {
  await ana.goto('/statements');
  await ana.locator('input[name=title]').fill('The clinic next year');
  await ana.locator('input[name=live]').check();
  await press(ana, button(ana, 'en', 'statement.form.save'));
  const queue = new URL(ana.url()).pathname;
  for (const text of statements) {
    await ana.goto(queue.replace('/queue', '/words'));
    await ana.locator('input[name=text-en], textarea[name=text-en]').fill(text);
    await press(ana, button(ana, 'en', 'statement.words.save'));
  }
  return { at: queue.replace('/queue', ''), votes: new URL(await ana.locator('#address').innerText()).pathname };
}

/** What a phone without a browser sends: the same forms, and the same work. */
async function votes(address, answer) {
  const hidden = (html, name) => html.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? '';
  const post = async (form) => {
    const came = await fetch(address, { method: 'POST', body: new URLSearchParams(form), headers: { 'Accept-Language': 'en' } });
    const html = await came.text();
    assert.equal(came.status, 200, html.slice(0, 400));
    assert.equal(came.headers.get('set-cookie'), null, 'no cookie');
    return html;
  };
  const first = await (await fetch(address)).text();
  const challenge = hidden(first, 'challenge'), receipt = hidden(first, 'receipt');
  let nonce = 0; // as sb-proof.js does it
  while (createHash('sha256').update(`${challenge}:${nonce}`).digest().readUInt32BE(0) >>> 17 !== 0) nonce++;
  let page = await post({ l: 'en', receipt, challenge, to: 'vote' }), n = 0;
  for (; n < 20 && hidden(page, 'statement'); n++) {
    const text = page.match(/<h1[^>]*>([^<]*)</)[1];
    page = await post({ l: 'en', receipt, challenge, nonce: String(nonce), _key: hidden(page, '_key'), statement: hidden(page, 'statement'), vote: answer(text) });
  }
  assert.equal(n, statements.length, 'one vote on each');
}

journey('two opinions and what unites them', async ({ visit, demo }) => {
  const ana = await visit({ role: 'organizer' });
  const { at, votes: address } = await conversation(ana);
  await sound(ana, 'statements');
  await ana.goto(at);
  await ana.getByText(say('en', 'statement.result.none')).waitFor();
  await sound(ana, 'no votes yet');
  await ana.goto('/statements'); // whoever watches sees the first crowd; here everybody comes in one
  for (let who = 0; who < 24; who++) {
    await votes(demo.base + address, (text) => {
      const i = statements.indexOf(text);
      assert.ok(i >= 0, text);
      if ((who * 7 + i * 3) % 11 === 0) return 'pass';
      return i >= 6 || (i % 2 === 0) === (who % 2 === 0) ? 'agree' : 'disagree';
    });
  }

  const hand = await nobody(visit, { width: 320, height: 700, locale: 'ar' });
  await hand.goto(address);
  await hand.seen('the welcome to votes');
  const enter = async (locator) => {
    await tabTo(hand, locator);
    await hand.evaluate(() => { window.before = true; });
    await hand.keyboard.press('Enter');
    await hand.waitForFunction(() => !window.before && document.readyState === 'complete');
  };
  await enter(button(hand, 'ar', 'statement.say.begin'));
  for (let n = 0; n < statements.length; n++) {
    if (n < 2) await hand.seen('a vote');
    if (n === 0) await worked(hand);
    const i = statements.indexOf(await hand.locator('h1').innerText());
    await enter(button(hand, 'ar', `statement.vote.${i >= 6 || i % 2 === 0 ? 'agree' : 'disagree'}`));
  }
  await hand.locator('#receipt').waitFor();
  await hand.seen('the receipt of votes');
  await enter(hand.getByRole('link', { name: say('ar', 'statement.end.results') }));
  await hand.seen('what people think');

  for (const [locale, width] of [['en', 320], ['ar', 320], ['en', 1280]]) {
    const page = locale === 'en' && width === 1280 ? ana : await visit({ role: 'organizer', locale, width, height: 800 });
    const t = (key, args) => say(locale, key, args);
    await page.goto(at);
    for (const letter of ['A', 'B']) await page.getByRole('heading', { level: 3, name: t('statement.map.name', { Letter: letter }) }).waitFor();
    assert.equal(await page.getByRole('heading', { level: 3 }).count(), 2, 'two groups');
    await page.locator('#map .drawing svg').waitFor();
    await page.locator('#map summary').click();
    assert.equal(await page.locator('#map-table tbody tr').count(), 2, 'the table says what the map shows');
    const unites = page.getByRole('region', { name: t('statement.result.unites_title') });
    await unites.getByText(united).waitFor();
    assert.equal(await unites.getByText(statements[0]).count(), 0, 'what divides does not unite');
    await sound(page, `the results, ${locale} ${width}`);
    await page.goto(`${at}/screen`);
    await page.getByRole('heading', { level: 1, name: t('statement.screen.title') }).waitFor();
    assert.equal(await page.locator('.wall h3').count(), 2);
    await page.getByText(united).first().waitFor();
    await sound(page, `the wall, ${locale} ${width}`);
  }
}, 240_000);

journey('without scripts, waiting stands for work', async ({ visit, demo }) => {
  const ana = await visit({ role: 'organizer' });
  const address = await place(ana, 'Old phones');
  const phone = await nobody(visit, { width: 360, height: 740, javaScriptEnabled: false });
  await phone.goto(address);
  await button(phone, 'en', 'answer.ask.begin').click();
  await phone.locator('textarea').fill('The bus stops running at six.');
  for (let n = 0; n < 20 && await button(phone, 'en', 'answer.ask.send').count() === 0; n++) {
    const was = await phone.locator('h1').innerText();
    await button(phone, 'en', 'answer.ask.next').click();
    await phone.locator('h1').filter({ hasNotText: was }).waitFor();
  }
  await button(phone, 'en', 'answer.ask.send').click();
  await phone.getByText(saying('en', 'fault.proof')).first().waitFor(); // too quick
  await phone.getByText('The bus stops running at six.').waitFor();
  demo.setClock(1);
  await button(phone, 'en', 'answer.ask.send').click();
  await h1(phone, 'en', 'answer.thanks.title');
  assert.equal((await phone.locator('#receipt').innerText()).trim().split(/[\s-]+/).length, 6);
  assert.deepEqual(await phone.context().cookies(), []);
});
