// Surveys as people meet them: what an evaluator and an organizer read of a core team
// asked twice, the questions on an Arabic phone by keyboard alone, a card without
// JavaScript, a sheet of paper typed, and a member who takes their answers back.
import assert from 'node:assert/strict';
import { journeys, picture, press, say, saying, sound, tabTo } from './harness.js';

const journey = journeys();
const core = 'How we are doing together', staff = 'Our work at the clinic';
const h1 = (page, text) => page.getByRole('heading', { level: 1, name: text }).waitFor();

/** Opens a survey of the list; returns its id. */
async function open(page, title) {
  await page.goto('/surveys');
  await press(page, page.getByRole('link', { name: title }));
  return new URL(page.url()).pathname.split('/').pop();
}

journey('a core team asked twice, and a small department that nobody can work out', async ({ visit }) => {
  const jonas = await visit({ role: 'evaluator' });
  await jonas.goto('/surveys');
  await sound(jonas, 'the list');
  const id = await open(jonas, core);
  await sound(jonas, 'pairs');
  const rows = await jonas.locator('table:has(#changes) tbody tr').allInnerTexts();
  assert.match(rows[0].replace(/\s+/g, ' '), /Loneliness 17 6\.1 5\.3 .*−0\.8/);
  assert.match(rows[1].replace(/\s+/g, ' '), /Sense of community 17 3\.2 3\.8 .*\+0\.6/);
  await jonas.getByText(say('en', 'survey.result.caution')).waitFor();
  // Outside the house the mean of all 26 would give away that of the nine who did not come again.
  assert.match((await jonas.locator('table:has(#points) tbody tr').first().innerText()).replace(/\s+/g, ' '), new RegExp(`Loneliness ${say('en', 'survey.result.hidden')}`));
  assert.equal((await jonas.request.get('/surveys/people/' + id)).status(), 403, 'an evaluator sees no names');
  const file = await (await jonas.request.get('/surveys/file/' + id)).text();
  assert.match(file, /change in pairs,months_6,.*,ucla3,2004,sum,,17,,,6\.1,5\.3,-0\.8/);
  assert.match(await (await jonas.request.get('/surveys/codebook/' + id)).text(), /permission: Demo/);

  const at = await open(jonas, staff);
  await sound(jonas, 'the staff');
  await picture(jonas, 'survey-staff');
  const parts = await jonas.locator('table:has(#departments) tbody tr').allInnerTexts();
  assert.match(parts.find((r) => r.startsWith('Front desk')), new RegExp(say('en', 'survey.result.hidden')));
  assert.ok(parts.filter((r) => r.includes(say('en', 'survey.result.hidden'))).length >= 2, `the six follow from the rest: ${parts}`);
  assert.match((await jonas.locator('table:has(#changes) tbody tr').first().innerText()).replace(/\s+/g, ' '), /Burnout 68 41% 32%/);
  assert.doesNotMatch(await (await jonas.request.get('/surveys/file/' + at)).text(), /Front desk,\d/);

  const ana = await visit({ role: 'organizer', locale: 'ar', width: 320, height: 700 });
  await open(ana, core);
  await sound(ana, 'pairs, in Arabic at 320 px');
  await picture(ana, 'survey-result-ar');
});

journey('the next wave: a phone in Arabic by keyboard, paper, and answers taken back', async ({ visit, demo }) => {
  const ana = await visit({ role: 'organizer' });
  const id = await open(ana, core);
  await press(ana, ana.getByRole('link', { name: say('en', 'survey.begin.next') }));
  await sound(ana, 'a new wave');
  await ana.locator('label', { has: ana.locator('input[name=label][value=months_12]') }).click();
  await ana.locator('[name=words-en]').fill('To see what this year does to us.');
  await press(ana, ana.locator('main form .button.primary'));
  const wave = new URL(ana.url()).pathname;
  assert.match(wave, /^\/surveys\/wave\//);
  await sound(ana, 'the wave');
  await ana.goto('/surveys/people/' + id);
  await ana.locator('[name=q]').fill('Ivy Carter');
  await press(ana, ana.getByRole('button', { name: say('en', 'common.search') }));
  await press(ana, ana.getByRole('button', { name: new RegExp(`${say('en', 'common.add')}.*Ivy Carter`) }));
  await sound(ana, 'who is asked');
  const way = async (name) => {
    const line = ana.locator('li', { has: ana.locator('summary', { hasText: name }) });
    await line.locator('summary').click();
    return new URL((await line.locator('.url').innerText()).trim()).pathname;
  };
  const q = await way('Ivy Carter'), paper = await way('Alma Rojas');
  await ana.goto('/surveys/invitations/' + id);
  await sound(ana, 'the invitations');

  const phone = await visit({ locale: 'ar', width: 320, height: 640 });
  const go = async () => {
    await tabTo(phone, phone.locator('main .button.primary'));
    await phone.evaluate(() => { window.before = true; });
    await phone.keyboard.press('Enter');
    await phone.waitForFunction(() => !window.before && document.readyState === 'complete');
  };
  await phone.goto(q + '?l=ar');
  assert.equal(await phone.title(), say('ar', 'style.neutral_title'));
  await sound(phone, 'the yes');
  await picture(phone, 'survey-yes-ar');
  await go(); // yes
  await sound(phone, 'the first question');
  await picture(phone, 'survey-question-ar');
  for (let i = 0; i < 11; i++) {
    assert.equal(await phone.locator(`input[name=a-${i}]`).count() > 1, true, `question ${i + 1}`);
    if (i !== 4) { // one is skipped
      await tabTo(phone, phone.locator(`input[name=a-${i}]`));
      await phone.keyboard.press('Space');
      await phone.keyboard.press('ArrowDown');
    }
    await go();
  }
  await h1(phone, say('ar', 'survey.phone.check'));
  assert.match(await phone.locator('main').innerText(), /10/);
  await sound(phone, 'before sending');
  await go();
  await h1(phone, say('ar', 'survey.over.thanks'));
  await sound(phone, 'thanks');
  assert.equal((await phone.context().cookies()).filter((c) => /sb_(own|link|session|mine)/.test(c.name)).length, 0, 'no session');
  await phone.goto(q + '?l=ar');
  await h1(phone, say('ar', 'survey.phone.answered'));

  // a sheet of paper, with the code of somebody who said yes before
  await ana.goto(wave);
  await ana.locator('[name=sheets]').fill('1');
  await press(ana, ana.getByRole('button', { name: say('en', 'survey.paper.type') }));
  await sound(ana, 'typing a sheet');
  await ana.locator('[name=code]').fill('0000 0000 0000 0000');
  await press(ana, ana.locator('main form .button.primary'));
  await ana.locator('#errors').waitFor();
  await ana.locator('[name=code]').fill(paper.split('/').pop());
  for (const i of [0, 1, 2]) await ana.locator('label', { has: ana.locator(`input[name=a-${i}][value="2"]`) }).click();
  await picture(ana, 'survey-sheet');
  await press(ana, ana.locator('main form .button.primary'));
  assert.equal(new URL(ana.url()).pathname, wave);
  assert.match(await ana.locator('.facts').innerText(), /Answers\s+2/);
  for (const lang of ['en', 'ar']) {
    await ana.goto(`/surveys/paper/${wave.split('/').pop()}?in=${lang}`);
    await sound(ana, `the paper, ${lang}`);
  }

  // a member reads what they agreed to, and takes everything back
  const beatriz = await visit({ locale: 'es', width: 360, height: 700 });
  await beatriz.goto('/me');
  await beatriz.locator('[name=code]').fill(demo.codes.Beatriz);
  await press(beatriz, beatriz.locator('main .button.primary'));
  await press(beatriz, beatriz.getByRole('link', { name: core }));
  await sound(beatriz, 'their own page');
  await picture(beatriz, 'survey-mine');
  await press(beatriz, beatriz.locator('main .button.danger'));
  await beatriz.locator('#errors').waitFor();
  await beatriz.locator('label', { has: beatriz.locator('[name=sure]') }).click();
  await press(beatriz, beatriz.locator('main .button.danger'));
  assert.equal(await beatriz.getByRole('link', { name: core }).count(), 0);

  await ana.goto(wave);
  await press(ana, ana.getByRole('button', { name: say('en', 'survey.wave.end') }));
  await open(ana, core);
  assert.match(await ana.locator('table:has(#points) thead').innerText(), /25 answered/, 'whoever took their answers back is in no later number');
  assert.match((await ana.locator('table:has(#changes) tbody tr').first().innerText()).replace(/\s+/g, ' '), new RegExp(`Loneliness 1 ${say('en', 'survey.result.hidden')}`), 'one pair is shown to nobody');
});

journey('a card of the staff without JavaScript, once', async ({ visit }) => {
  const jonas = await visit({ role: 'evaluator' });
  await open(jonas, staff);
  await press(jonas, jonas.getByRole('link', { name: say('en', 'survey.begin.next') }));
  await jonas.locator('[name=cards]').fill('3');
  await press(jonas, jonas.locator('main form .button.primary'));
  await h1(jonas, say('en', 'survey.cards.title'));
  await sound(jonas, 'the cards');
  await picture(jonas, 'survey-cards');
  const codes = await jonas.locator('.print-cards .code').allInnerTexts();
  assert.equal(codes.length, 3);

  const phone = await visit({ width: 360, height: 700, javaScriptEnabled: false });
  await phone.goto('/q');
  await phone.locator('[name=code]').fill(codes[0].toLowerCase());
  await press(phone, phone.locator('main .button.primary'));
  const next = () => press(phone, phone.locator('main .button.primary'));
  await next();
  await phone.locator('label', { has: phone.locator('input[name=a-0][value="2"]') }).click();
  await next();
  await phone.locator('label', { has: phone.locator('input[name=a-1][value="7"]') }).click();
  await next();
  await phone.locator('label', { has: phone.locator('input[value="Nursing"]') }).click();
  await next();
  await next();
  await h1(phone, say('en', 'survey.over.thanks'));
  const receipt = (await phone.locator('#receipt').innerText()).trim();
  await phone.goto('/q');
  await phone.locator('[name=code]').fill(codes[0]);
  await next();
  await phone.getByText(say('en', 'survey.error.code')).first().waitFor();
  await phone.locator('summary', { hasText: say('en', 'survey.door.back') }).click();
  await phone.locator('[name=receipt]').fill(receipt);
  await press(phone, phone.getByRole('button', { name: say('en', 'survey.door.take') }));
  await h1(phone, say('en', 'survey.over.back'));

  await jonas.goto('/surveys/tally');
  await sound(jonas, 'the tally');
  await picture(jonas, 'survey-tally');
  await jonas.goto('/surveys/words');
  await sound(jonas, 'the shelf');
  await press(jonas, jonas.getByRole('link', { name: say('en', 'survey.instrument.spcs') }));
  await sound(jonas, 'empty places');
  await press(jonas, jonas.locator('main form .button.primary'));
  await jonas.locator('#errors').waitFor();
  await sound(jonas, 'empty places with what is missing');
  assert.match(await jonas.locator('#errors').innerText(), saying('en', 'survey.error.sure'));
});
