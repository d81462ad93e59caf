// Two entries that are one person are merged and taken apart again; a spreadsheet is
// brought in and taken back; the list is used by keyboard and on a narrow phone.
import assert from 'node:assert/strict';
import { journeys, say, saying, sound } from './harness.js';

const journey = journeys();
const t = (key, args) => say('en', key, args);
const press = (page, key) => page.getByRole('button', { name: t(key), exact: true }).first().click();

/** Looks for a name in the list. */
async function byName(page, name) {
  await page.goto('/people');
  await page.locator('input[name=name]').fill(name);
  await page.keyboard.press('Enter');
  await page.waitForURL('**/people/find');
}

journey('merge and un-merge', async ({ visit }) => {
  const ana = await visit({ role: 'organizer' });
  await ana.goto('/people');
  await sound(ana, 'list of people');
  await byName(ana, 'yasmeen');
  await ana.getByRole('link', { name: 'Yasmeen Haddad', exact: true }).click();
  await ana.getByRole('link', { name: t('people.merge.title'), exact: true }).click();
  await sound(ana, 'whom to merge with');
  await ana.getByRole('link', { name: 'ياسمين حداد', exact: true }).click(); // found by its sound, across scripts
  await ana.getByRole('heading', { level: 1, name: t('people.merge.compare') }).waitFor();
  await sound(ana, 'two people side by side');
  await press(ana, 'people.merge.go');
  await ana.getByText(t('people.merge.flash.merged')).waitFor();
  await sound(ana, 'a merge');
  const merge = ana.url();
  await byName(ana, 'حداد');
  assert.equal(await ana.getByRole('link', { name: 'ياسمين حداد', exact: true }).count(), 0);
  await ana.goto(merge);
  await press(ana, 'people.merge.undo');
  await ana.getByText(t('people.merge.flash.undone')).waitFor();
  await byName(ana, 'حداد');
  await ana.getByRole('link', { name: 'ياسمين حداد', exact: true }).waitFor();
});

journey('import and undo', async ({ visit }) => {
  const ana = await visit({ role: 'organizer', width: 320, height: 740 });
  await ana.goto('/people/import');
  await sound(ana, 'imports');
  await ana.locator('input[type=file]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv',
    buffer: Buffer.from('Nombre;Celular;SSN\nIlda Quiroga;503 555 0281;123-45-6789\nBenno Aster;503 555 0282;\n') });
  await press(ana, 'people.import.look');
  await ana.getByText(t('people.import.dropped')).waitFor();
  assert.equal(await ana.getByText('123-45').count(), 0, 'what is never stored is not shown');
  await sound(ana, 'columns of a file');
  await press(ana, 'people.import.check'); // nobody said that they agreed
  await ana.locator('#errors').waitFor();
  await ana.locator('input[name=everyone]').press('Space');
  await ana.locator('input[name=agreed]').fill(new Date(Date.now() - 9 * 864e5).toISOString().slice(0, 10));
  await ana.locator('input[name=how][value=paper]').press('Space');
  await press(ana, 'people.import.check');
  const until = async (locator) => { // a job does it; the page is looked at again by hand
    for (let i = 0; i < 60 && !(await locator.count()); i++) {
      const again = ana.getByRole('link', { name: t('people.import.refresh'), exact: true });
      if (await again.count()) await again.click();
    }
    await locator.first().waitFor();
  };
  await until(ana.getByRole('button', { name: t('people.import.apply'), exact: true }));
  await sound(ana, 'rows of a file');
  await press(ana, 'people.import.apply');
  await until(ana.getByRole('button', { name: t('people.import.undo'), exact: true }));
  await ana.getByRole('link', { name: 'Ilda Quiroga', exact: true }).or(ana.getByText(t('people.import.outcome.made'))).first().waitFor();
  await press(ana, 'people.import.undo');
  await until(ana.getByText(t('people.import.state.undone'), { exact: true }));
  await ana.goto('/people');
  assert.equal(await ana.getByText('Ilda Quiroga').count(), 0);
});

journey('the list by keyboard', async ({ visit }) => {
  const ana = await visit({ role: 'organizer' });
  await ana.goto('/people');
  await ana.locator('input[name=name]').focus();
  await ana.keyboard.type('yas');
  await ana.keyboard.press('Enter');
  await ana.getByText(saying('en', 'people.list.who.name')).first().waitFor();
  assert.ok(!ana.url().toLowerCase().includes('yas'), 'a name stands in no address');
  await ana.goto('/people');
  await ana.locator('details.more summary').first().focus();
  await ana.keyboard.press('Enter');
  await ana.locator('select[name=speaks]').selectOption('ar');
  await ana.locator('select[name=speaks]').press('Tab');
  await ana.getByRole('button', { name: t('people.list.show'), exact: true }).focus();
  await ana.keyboard.press('Enter');
  await ana.waitForURL('**/people?*speaks=ar*');
  await sound(ana, 'a question in words');
  const arabic = await visit({ role: 'organizer', locale: 'ar', width: 320, height: 740 });
  await arabic.goto('/people?lang=ar');
  await sound(arabic, 'the list in Arabic on a narrow phone');
});
