// Power as people use it: somebody in office written down, a position moved by
// keyboard alone, a tie with its yes that its holder ends on a phone, a strategy in
// two versions and on paper without a name of ours. S-08.
import assert from 'node:assert/strict';
import { journeys, picture, press, say, sound, tabTo } from './harness.js';

const journey = journeys();
const main = (page) => page.locator('main');

/** Opens the map of the bus, which the demo fills. */
async function busMap(page) {
  await page.goto('/power');
  await sound(page, 'the maps');
  await press(page, main(page).getByRole('link', { name: /Bus 14/ }));
  assert.match(new URL(page.url()).pathname, /^\/power\/maps\/[0-9a-f-]{36}$/);
}

for (const [locale, width, who, from, to, value, known] of [
  ['en', 1280, 'Priya Nair', 'open', 'leans_for', '1', 'Told the paper that evening buses are empty.'],
  ['ar', 320, 'Owen Castell', 'leans_for', 'for', '2', 'Put the route on the agenda of the board.'],
]) {
  journey(`a position is moved by keyboard alone, ${locale} at ${width} px`, async ({ visit }) => {
    const page = await visit({ role: 'organizer', locale, width, height: 740 });
    await busMap(page);
    await sound(page, 'a map');
    const row = page.locator('tr', { has: page.getByRole('link', { name: who }) }).first();
    assert.match(await row.innerText(), new RegExp(say(locale, `power.stance.${from}`)));
    const opener = page.locator('summary', { hasText: say(locale, 'power.move', { Name: who }) });
    await tabTo(page, opener, 200);
    await page.keyboard.press('Enter');
    await sound(page, 'the form of a row');
    const form = page.locator('form', { has: page.locator('summary') }).or(page.locator('.power-acts > details[open] form')).first();
    await page.keyboard.press('Tab'); // the position
    await page.keyboard.press('ArrowDown'); // one further along
    assert.equal(await form.locator('[name=stance]').inputValue(), value);
    await tabTo(page, form.getByRole('button', { name: say(locale, 'power.place') }), 30);
    await Promise.all([page.waitForLoadState('load'), page.keyboard.press('Enter')]); // without evidence
    await page.locator('#errors').waitFor();
    await sound(page, 'a position without evidence');
    await tabTo(page, page.locator('#f-evidence'), 200);
    await page.keyboard.type('She said on the radio that she will try it.');
    await tabTo(page, page.locator('details[open]').getByRole('button', { name: say(locale, 'power.place') }), 30);
    await Promise.all([page.waitForURL((u) => !u.pathname.endsWith('/place')), page.keyboard.press('Enter')]);
    await page.getByText(say(locale, 'power.flash.placed')).waitFor();
    const moved = page.locator('tr', { has: page.getByRole('link', { name: who }) }).first();
    assert.match(await moved.innerText(), new RegExp(say(locale, `power.stance.${to}`)));
    await page.locator('summary', { hasText: say(locale, 'power.history', { Name: who }) }).click();
    const past = page.locator('.power-acts > details[open]');
    await past.getByText('She said on the radio').waitFor();
    await past.getByText(known).waitFor(); // what was known before stays
    await sound(page, 'a map after a move');
    await picture(page, `power-map-${locale}-${width}`);
  });
}

journey('somebody in office: written down once, and somebody comes after them', async ({ visit }) => {
  const page = await visit({ role: 'leader', locale: 'en', width: 360, height: 740 });
  await page.goto('/power/offices');
  await sound(page, 'people in office');
  await press(page, page.getByRole('link', { name: say('en', 'power.office.new') }));
  await sound(page, 'the form of somebody in office');
  await page.getByLabel(say('en', 'power.field.name'), { exact: true }).fill('Reyes Elena');
  await page.getByLabel(say('en', 'power.field.office'), { exact: true }).fill('Board chair');
  await page.locator('[name=body]').selectOption({ label: 'County Pharmacy Board' });
  await press(page, main(page).locator('.button.primary'));
  await page.getByText(say('en', 'power.office.twins')).waitFor(); // she is here already
  await sound(page, 'is it one of these');
  assert.equal(await page.getByLabel(say('en', 'power.field.office'), { exact: true }).inputValue(), 'Board chair');
  await press(page, main(page).getByRole('link', { name: /Elena Reyes/ }));
  assert.equal(await page.getByText(say('en', 'power.ties'), { exact: true }).count() > 0, true, 'the leader is on the strategy team');
  await page.locator('summary', { hasText: say('en', 'power.left.title') }).click();
  await press(page, page.getByRole('link', { name: say('en', 'power.left.next') }));
  await page.getByLabel(say('en', 'power.field.name'), { exact: true }).fill('Paul Stone');
  await press(page, main(page).locator('.button.primary'));
  await page.getByText(say('en', 'power.flash.saved')).waitFor();
  await press(page, main(page).getByRole('link', { name: 'Elena Reyes' }));
  await page.getByText(/Left office on/).waitFor();
  await sound(page, 'somebody who left');
});

journey('a tie: with a yes, seen by the strategy team, ended by its holder on a phone', async ({ visit, demo }) => {
  const ana = await visit({ role: 'organizer', locale: 'en' });
  await ana.goto('/power/offices');
  await press(ana, main(ana).getByRole('link', { name: 'Daniel Ruiz' }));
  const office = ana.url();
  await press(ana, ana.getByRole('link', { name: say('en', 'power.tie.new') }));
  await sound(ana, 'whose tie');
  await ana.locator('[name=q]').fill('Beatriz');
  await ana.locator('#f-read').selectOption('es');
  await press(ana, ana.getByRole('button', { name: say('en', 'common.search') }));
  await ana.getByText('Usted decide. Puede decir que no.').waitFor();
  await sound(ana, 'the yes');
  await press(ana, main(ana).locator('.button.primary')); // without an answer
  await ana.locator('#errors').waitFor();
  await sound(ana, 'the yes, not complete');
  for (const [name, value] of [['kind', 'neighbor'], ['strength', '2'], ['how', 'spoken']]) await ana.locator(`[name=${name}][value="${value}"]`).check();
  await ana.locator('[name=witness]').selectOption('organizer');
  await press(ana, main(ana).locator('.button.primary'));
  await ana.getByText(say('en', 'power.flash.tied')).waitFor();
  await ana.getByRole('link', { name: 'Beatriz Luna' }).waitFor();

  const lead = await visit({ role: 'lead', locale: 'en' });
  await lead.goto(office);
  assert.equal((await main(lead).innerText()).includes('Beatriz'), false, 'the clinic leader reads who knows whom');
  await sound(lead, 'somebody in office, for the clinic leader');

  const phone = await visit({ locale: 'ar', width: 320, height: 640 });
  await phone.goto('/me');
  await phone.locator('[name=code]').fill(demo.codes.Beatriz);
  await press(phone, main(phone).locator('.button.primary').first());
  await phone.goto('/me/together');
  const mine = phone.locator('.facts > div', { hasText: 'Daniel Ruiz' });
  await press(phone, mine.getByRole('link'));
  await sound(phone, 'my tie');
  await picture(phone, 'power-mytie-ar-320');
  await press(phone, phone.getByRole('button', { name: say('ar', 'power.own.end') }));
  await phone.getByText(say('ar', 'power.flash.own_ended')).waitFor();
  assert.equal(await mine.count(), 0);
  await ana.reload();
  assert.equal(await ana.getByRole('link', { name: 'Beatriz Luna' }).count(), 0, 'gone on the next request');
});

journey('a strategy in two versions, and on paper without a name of ours', async ({ visit }) => {
  const ana = await visit({ role: 'organizer', locale: 'en' });
  await ana.goto('/strategy');
  await sound(ana, 'the charts');
  await press(ana, main(ana).getByRole('link', { name: /Bus 14/ }));
  await sound(ana, 'a chart');
  await ana.getByRole('link', { name: 'Beatriz Luna' }).waitFor();
  await press(ana, main(ana).locator('.button.primary'));
  await sound(ana, 'the form of a chart');
  await ana.locator('[name=tactics]').fill('Ride together with a reporter\nBeatriz asks for ten minutes');
  await press(ana, main(ana).locator('.button.primary'));
  await ana.getByText(say('en', 'power.flash.planned')).waitFor();
  await press(ana, ana.getByRole('link', { name: say('en', 'power.version', { N: '3' }) }));
  await ana.locator('ins', { hasText: 'Beatriz asks' }).waitFor();
  await ana.locator('del', { hasText: 'House meetings' }).waitFor();
  await sound(ana, 'what changed');
  await ana.goBack();
  const paper = new URL(await ana.getByRole('link', { name: say('en', 'power.chart.paper') }).getAttribute('href'), ana.url()).pathname;
  for (const [lang, width] of [['en', 1280], ['ar', 320]]) {
    await ana.setViewportSize({ width, height: 740 });
    await ana.goto(`${paper}?lang=${lang}`);
    await sound(ana, `the chart on paper, ${lang}`);
    const text = await main(ana).innerText();
    assert.equal(/Beatriz|Luna/.test(text), false, 'a name of ours is on paper');
    assert.ok(text.includes('Priya Nair'), 'the decision-maker is on it');
    await picture(ana, `power-paper-${lang}-${width}`);
  }
  for (const format of ['A4', 'Letter']) {
    const file = await ana.pdf({ format, preferCSSPageSize: true });
    const pages = file.toString('latin1').match(/\/Type\s*\/Page\b/g) ?? [];
    assert.ok(pages.length <= 2, `${format}: ${pages.length} pages`);
  }
});
