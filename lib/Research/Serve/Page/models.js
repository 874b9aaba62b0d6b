// The models: what each learned from, what it is worth, and whether its probabilities hold.
import { element, legend, percent, reliability } from './draw.js';

export function show(models) {
  const list = document.getElementById('model-list');
  if (models.length === 0) {
    list.replaceChildren(element('p', { className: 'notice', textContent: 'There is no model yet. In a terminal: ./research train descriptor-mlp --variant audited. It takes a minute; then load this page again.' }));
    return;
  }
  list.replaceChildren(...[...models].reverse().map(m => {
    const facts = [
      ['Weights of others, tested on', m.variant === 'imported' ? m.source : null],
      ['Learned from', m.variant === 'imported' ? null : `${m.source}${m.isDemo ? '; their popularity is made up' : ''}; ${m.trainingItems.toLocaleString('en')} items`],
      ['Tells apart', `${m.target}: ${m.classes.join(' | ')}`],
      ['Right', `${percent(m.accuracy)} of ${m.testSongs} test songs, ${percent(m.low)} to ${percent(m.high)}`],
      ['Majority alone', percent(m.majority)],
      ['Best possible', m.ceiling == null ? null : percent(m.ceiling)],
      ['Skill', m.skill == null ? 'unknown: nobody can say what is possible' : m.skill.toFixed(2)],
      ['ROC-AUC', m.rocAuc?.toFixed(2)],
      ['Network', `${m.network}, ${m.parameters.toLocaleString('en')} parameters`],
      [m.variant === 'imported' ? 'Imported' : 'Trained', m.trained.slice(0, 16).replace('T', ' ') + ' UTC'],
    ].filter(([, value]) => value != null);
    return element('article', { className: 'card' },
      element('div', { className: 'head' }, element('h3', { textContent: `${m.experiment}, ${m.variant}` }), element('span', { className: 'tag', textContent: m.listens ? 'listens' : 'reads numbers' })),
      element('p', { className: 'quiet', textContent: m.question + (m.isDefault ? ' Asked where none is chosen.' : '') }),
      element('dl', { className: 'facts' }, ...facts.flatMap(([name, value]) => [element('dt', { textContent: name }), element('dd', { textContent: value })])),
      m.leaks ? element('p', { className: 'notice trouble', textContent: 'Songs of its test stand in training or validation too: its figures are too good.' }) : null,
      element('p', { textContent: m.inWords }),
      reliability(m.calibration, `${m.experiment}, ${m.variant}`),
      m.calibration.length > 1 ? legend(m.calibration) : null,
      element('p', { className: 'quiet', textContent: `Calibration on the test songs${m.calibration.length > 1 ? ', each class against the rest' : ` of ${m.calibration[0].class}`}. On the diagonal, probabilities hold; a larger dot is of more songs.` }));
  }));
}
