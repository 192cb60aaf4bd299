// Every text of the page in English and German, and how both write numbers.

import { set, setting } from './settings.js';

const LANGUAGES = ['en', 'de'];

// A text, or one for each plural form of `count`; names in braces are filled in.
const WORDS = {
  desk: ['Desk', 'Arbeitsplatz'],
  evaluation: ['Evaluation', 'Auswertung'],
  agreement: ['Agreement', 'Übereinstimmung'],
  decided: ['Decided', 'Entschieden'],
  models: ['Models', 'Modelle'],
  views: ['Views', 'Ansichten'],
  skipLink: ['To the article', 'Zum Artikel'],
  settings: ['Settings', 'Einstellungen'],
  help: ['Keys', 'Tasten'],
  close: ['Close', 'Schließen'],
  cancel: ['Cancel', 'Abbrechen'],
  loading: ['Loading …', 'Wird geladen …'],

  queue: ['Queue', 'Warteschlange'],
  waiting: ['{count} to answer', '{count} offen'],
  queueEmpty: ['Nothing waits. New articles appear here by themselves.',
    'Es wartet nichts. Neue Artikel erscheinen hier von selbst.'],
  queueSkipped: ['skipped', 'übersprungen'],
  question: ['Question', 'Frage'],
  article: ['Article', 'Artikel'],
  noArticle: ['No article is open.', 'Kein Artikel ist geöffnet.'],
  noQueue: ['This service has no queue. It is started with --store and --inbox.',
    'Dieser Dienst hat keine Warteschlange. Er wird mit --store und --inbox gestartet.'],

  labels: ['Labels', 'Labels'],
  exclusive: ['Exactly one label holds. A digit answers.', 'Genau ein Label gilt. Eine Ziffer antwortet.'],
  independent: ['Several labels may hold, or none. Digits mark, Enter saves.',
    'Mehrere Labels können gelten, oder keines. Ziffern markieren, Enter speichert.'],
  hidden: ['The model’s answer appears after yours.', 'Die Antwort des Modells erscheint nach Ihrer.'],
  modelSays: ['The model says: {labels}', 'Das Modell sagt: {labels}'],
  modelSaid: ['The model said: {labels}', 'Das Modell sagte: {labels}'],
  modelNow: ['Having learnt, it says: {labels}', 'Nach dem Lernen sagt es: {labels}'],
  modelUndecided: ['The model is undecided between {labels}', 'Das Modell ist unentschieden zwischen {labels}'],
  modelUndecidedOf: ['The model says: {labels}; undecided: {others}', 'Das Modell sagt: {labels}; unentschieden: {others}'],
  modelFails: ['The model’s answer could not be loaded: {why}', 'Die Antwort des Modells war nicht zu laden: {why}'],
  none: ['none', 'keines'],
  agree: ['You agree with the model.', 'Sie sind mit dem Modell einig.'],
  disagree: ['You disagree with the model.', 'Sie widersprechen dem Modell.'],
  models_answer: ['model', 'Modell'],
  undecided: ['undecided', 'unentschieden'],
  probability: ['probability', 'Wahrscheinlichkeit'],
  threshold: ['threshold {value}', 'Schwelle {value}'],
  reasonsFor: ['Show the reasons for {label}', 'Gründe für {label} zeigen'],
  save: ['Save: {labels}', 'Speichern: {labels}'],
  next: ['Next', 'Weiter'],
  skip: ['Skip', 'Überspringen'],
  undo: ['Undo', 'Rückgängig'],
  note: ['Note', 'Notiz'],
  noteHint: ['Sent with your answer', 'Wird mit Ihrer Antwort gesendet'],
  saveNote: ['Save the note', 'Notiz speichern'],
  testArticle: ['Test article: drawn at random, kept apart, never learnt from.',
    'Testartikel: zufällig gezogen, beiseitegelegt, nie gelernt.'],
  reasons: ['Reasons for “{label}” in numbers', 'Gründe für „{label}“ in Zahlen'],
  reasonsSum: ['Decision value {decision} = bias {bias} + terms {terms}. Marked words add up what their terms contribute: orange speaks for the label, blue against it.',
    'Entscheidungswert {decision} = Grundwert {bias} + Terme {terms}. Markierte Wörter zählen zusammen, was ihre Terme beitragen: Orange spricht für das Label, Blau dagegen.'],
  speaksFor: ['for', 'dafür'],
  speaksAgainst: ['against', 'dagegen'],
  term: ['Term', 'Term'],
  contribution: ['Contribution', 'Beitrag'],
  moreTerms: [{ one: 'and {count} further term', other: 'and {count} further terms' },
    { one: 'und {count} weiterer Term', other: 'und {count} weitere Terme' }],

  learning: ['What the corrections did', 'Was die Korrekturen bewirkten'],
  learningHint: ['Answers appear here with what the model learnt from them.',
    'Hier erscheinen Antworten, und was das Modell daraus lernte.'],
  answered: ['Answer saved: {labels}.', 'Antwort gespeichert: {labels}.'],
  learningNow: ['Learning …', 'Lernt …'],
  learnNow: ['Learn now', 'Jetzt lernen'],
  learnt: [{ one: 'Model {number} learnt from {count} correction in {seconds} s.', other: 'Model {number} learnt from {count} corrections in {seconds} s.' },
    { one: 'Modell {number} lernte aus {count} Korrektur in {seconds} s.', other: 'Modell {number} lernte aus {count} Korrekturen in {seconds} s.' }],
  nothingNew: ['Nothing new to learn: answers to test articles are kept apart.',
    'Nichts Neues zu lernen: Antworten zu Testartikeln bleiben beiseite.'],
  notServed: ['Model {number} is not put into service: {why}', 'Modell {number} geht nicht in Betrieb: {why}'],
  serveAnyway: ['Serve it anyway', 'Trotzdem in Betrieb nehmen'],
  gap: ['{head}: {metric} {difference} {interval} on {count} test articles.',
    '{head}: {metric} {difference} {interval} auf {count} Testartikeln.'],
  gapUnknown: [{ one: '{head}: {count} test article is too few to measure.', other: '{head}: {count} test articles are too few to measure.' },
    { one: '{head}: {count} Testartikel ist zu wenig zum Messen.', other: '{head}: {count} Testartikel sind zu wenig zum Messen.' }],
  flipped: ['{count} of {of} answers flipped', '{count} von {of} Antworten gekippt'],
  noFlips: ['No answer flipped.', 'Keine Antwort kippte.'],
  flip: ['{title}: {before} → {after}', '{title}: {before} → {after}'],
  learnFailed: ['Learning failed: {why}', 'Lernen misslang: {why}'],
  otherModel: ['Model {number} is in service.', 'Modell {number} ist in Betrieb.'],
  otherAnswer: [{ one: '{annotator} answered {count} article.', other: '{annotator} answered {count} articles.' },
    { one: '{annotator} beantwortete {count} Artikel.', other: '{annotator} beantwortete {count} Artikel.' }],
  undone: ['The last answer is taken back: {labels}.', 'Die letzte Antwort ist zurückgenommen: {labels}.'],
  nothingToUndo: ['You have no answer to undo.', 'Sie haben keine Antwort zum Zurücknehmen.'],
  skipped: ['Skipped.', 'Übersprungen.'],
  refusedAnswer: ['The service refused an answer: {why}', 'Der Dienst lehnte eine Antwort ab: {why}'],
  refusedAnswers: [{ one: '{count} answer was refused and is kept in this browser.', other: '{count} answers were refused and are kept in this browser.' },
    { one: '{count} Antwort wurde abgelehnt und liegt in diesem Browser.', other: '{count} Antworten wurden abgelehnt und liegen in diesem Browser.' }],
  download: ['Download', 'Herunterladen'],
  discard: ['Discard', 'Verwerfen'],

  connected: ['Connected', 'Verbunden'],
  lost: ['Connection lost. Trying again …', 'Verbindung verloren. Neuer Versuch …'],
  kept: [{ one: '{count} answer waits in this browser and is sent when the service is back.', other: '{count} answers wait in this browser and are sent when the service is back.' },
    { one: '{count} Antwort wartet in diesem Browser und wird gesendet, sobald der Dienst wieder da ist.', other: '{count} Antworten warten in diesem Browser und werden gesendet, sobald der Dienst wieder da ist.' }],
  back: ['Connected again.', 'Wieder verbunden.'],
  notAccepted: ['The service does not accept answers: {why}', 'Der Dienst nimmt keine Antworten an: {why}'],
  failed: ['Could not be loaded: {why}', 'War nicht zu laden: {why}'],
  unreachable: ['the service cannot be reached', 'der Dienst ist nicht zu erreichen'],
  again: ['Try again', 'Noch einmal'],

  showFirst: ['Show the model’s answer before mine', 'Antwort des Modells vor meiner zeigen'],
  showFirstWhy: ['It leads the annotator. Leave it off while you label for a test.',
    'Es beeinflusst die Antwort. Für Testdaten ausgeschaltet lassen.'],
  learn: ['Learn after every answer', 'Nach jeder Antwort lernen'],
  goOn: ['Go on to the next article at once', 'Gleich zum nächsten Artikel gehen'],
  keysOn: ['Single keys act', 'Einzelne Tasten wirken'],
  order: ['Order of the queue', 'Reihenfolge der Warteschlange'],
  'strategy.': ['as the service says', 'wie der Dienst vorgibt'],
  'strategy.margin': ['closest decisions first', 'knappste Entscheidungen zuerst'],
  'strategy.entropy': ['most even scores first', 'gleichmäßigste Werte zuerst'],
  'strategy.shuffled': ['at random', 'zufällig'],
  language: ['Language', 'Sprache'],
  theme: ['Light and dark', 'Hell und dunkel'],
  'theme.auto': ['as the system', 'wie das System'],
  'theme.light': ['light', 'hell'],
  'theme.dark': ['dark', 'dunkel'],
  annotator: ['Your name', 'Ihr Name'],
  annotatorWhy: ['It stands beside your answers, and only you can undo them.',
    'Er steht neben Ihren Antworten, und nur Sie können sie zurücknehmen.'],
  whoAreYou: ['Who answers?', 'Wer antwortet?'],
  begin: ['Begin', 'Beginnen'],
  changeName: ['Change the name', 'Namen ändern'],
  token: ['Token', 'Token'],
  tokenMissing: ['This service asks for a token. It is kept until you close the window.',
    'Dieser Dienst verlangt ein Token. Es bleibt, bis Sie das Fenster schließen.'],
  tokenWrong: ['The service does not know this token.', 'Der Dienst kennt dieses Token nicht.'],
  changeToken: ['Another token', 'Anderes Token'],
  send: ['Send', 'Senden'],
  export: ['Export the answers', 'Antworten exportieren'],
  exported: ['The answers are exported.', 'Die Antworten sind exportiert.'],

  keyDigits: ['label; where several hold, marks it', 'Label; wo mehrere gelten, markiert es'],
  keyEnter: ['save, then go on', 'speichern, dann weiter'],
  keyArrows: ['previous and next article', 'voriger und nächster Artikel'],
  keyUndo: ['undo your last answer', 'letzte Antwort zurücknehmen'],
  keySkip: ['skip the article', 'Artikel überspringen'],
  keyNote: ['write a note; Esc leaves it', 'Notiz schreiben; Esc verlässt sie'],
  keyWhy: ['reasons for the next label', 'Gründe für das nächste Label'],
  keyMarks: ['in the text: previous and next marked word', 'im Text: voriges und nächstes markiertes Wort'],
  keyHead: ['next question', 'nächste Frage'],
  keyHelp: ['these keys', 'diese Tasten'],
  keysNote: ['Keys do nothing while you write, and can be switched off in the settings.',
    'Tasten wirken nicht, während Sie schreiben, und sind in den Einstellungen abschaltbar.'],

  evaluationIntro: ['Measured on the {share} of the queue drawn at random and kept apart, which no model learns from. Bars are 95% intervals; differences are in points of a hundred.',
    'Gemessen auf den {share} der Warteschlange, die zufällig gezogen, beiseitegelegt und nie gelernt werden. Striche sind 95-%-Intervalle; Unterschiede sind in Punkten von hundert.'],
  testArticles: [{ one: '{count} test article', other: '{count} test articles' },
    { one: '{count} Testartikel', other: '{count} Testartikel' }],
  metric: ['Metric', 'Maß'],
  value: ['Value', 'Wert'],
  interval: ['95% interval', '95-%-Intervall'],
  label: ['Label', 'Label'],
  articles: ['Articles', 'Artikel'],
  precision: ['Precision', 'Präzision'],
  recall: ['Recall', 'Trefferquote'],
  f1: ['F1', 'F1'],
  byLabel: ['By label', 'Nach Label'],
  confusion: ['Where answers differ', 'Wo Antworten abweichen'],
  confusionWhy: ['Rows: your answer. Columns: the model’s.', 'Zeilen: Ihre Antwort. Spalten: die des Modells.'],
  confusionCell: ['{truth}, model says {answer}: {count}', '{truth}, Modell sagt {answer}: {count}'],
  againstFirst: ['Against the model as it came', 'Gegen das mitgebrachte Modell'],
  lastHundred: [{ one: 'What the last correction brought', other: 'What the last {count} corrections brought' },
    { one: 'Was die letzte Korrektur brachte', other: 'Was die letzten {count} Korrekturen brachten' }],
  rowsNeeded: ['Test articles needed to see two points', 'Testartikel, um zwei Punkte zu sehen'],
  rowsNeededOf: ['{have} of {need}', '{have} von {need}'],
  tooFew: ['too few test articles yet', 'noch zu wenige Testartikel'],
  tooFewLong: ['There are too few answered test articles to measure anything. Every few articles, the queue shows one.',
    'Es gibt zu wenige beantwortete Testartikel, um etwas zu messen. Die Warteschlange zeigt immer wieder einen.'],
  asTable: ['As a table', 'Als Tabelle'],
  modelOf: ['Model {number}', 'Modell {number}'],
  'metric.accuracy': ['accuracy', 'Anteil richtiger'],
  'metric.macro_f1': ['macro F1', 'Makro-F1'],
  'metric.micro_f1': ['micro F1', 'Mikro-F1'],
  'metric.weighted_f1': ['weighted F1', 'gewichtetes F1'],
  'metric.macro_precision': ['macro precision', 'Makro-Präzision'],
  'metric.macro_recall': ['macro recall', 'Makro-Trefferquote'],
  'metric.subset_accuracy': ['all labels right', 'alle Labels richtig'],
  'metric.hamming_loss': ['share of wrong labels', 'Anteil falscher Labels'],
  'metric.micro_precision': ['micro precision', 'Mikro-Präzision'],
  'metric.micro_recall': ['micro recall', 'Mikro-Trefferquote'],
  'metric.weighted_precision': ['weighted precision', 'gewichtete Präzision'],
  'metric.weighted_recall': ['weighted recall', 'gewichtete Trefferquote'],
  'metric.mcc': ['Matthews correlation', 'Matthews-Korrelation'],
  'metric.kappa': ['Cohen’s kappa', 'Cohens Kappa'],
  'metric.roc_auc': ['area under ROC', 'Fläche unter ROC'],
  'metric.average_precision': ['average precision', 'mittlere Präzision'],
  'metric.brier': ['Brier score', 'Brier-Wert'],
  'metric.example_based_f1': ['F1 by article', 'F1 je Artikel'],
  'metric.log_loss': ['log loss', 'Log-Verlust'],
  'metric.ece': ['calibration error', 'Kalibrierungsfehler'],

  agreementIntro: ['Krippendorff’s alpha over articles that several annotators answered: 1 is full agreement, 0 what chance gives.',
    'Krippendorffs Alpha über Artikel, die mehrere beantwortet haben: 1 ist volle Übereinstimmung, 0 gibt der Zufall.'],
  agreementTicks: ['From 0.8 on, answers count as reliable; below 0.667 better discuss the code book first.',
    'Ab 0,8 gelten Antworten als verlässlich; unter 0,667 besser zuerst über das Codebuch sprechen.'],
  agreementNone: ['No article has answers of two annotators yet.', 'Noch hat kein Artikel Antworten von zweien.'],
  sharedArticles: [{ one: '{count} article answered by several', other: '{count} articles answered by several' },
    { one: '{count} Artikel von mehreren beantwortet', other: '{count} Artikel von mehreren beantwortet' }],
  annotators: ['Annotators: {names}', 'Antwortende: {names}'],

  search: ['Search', 'Suchen'],
  searchHint: ['Words of the text, title, id, labels or name', 'Wörter aus Text, Titel, Kennung, Labels oder Name'],
  found: [{ one: '{count} answer', other: '{count} answers' }, { one: '{count} Antwort', other: '{count} Antworten' }],
  foundNone: ['Nothing was found.', 'Nichts gefunden.'],
  more: ['Show more', 'Mehr zeigen'],
  inForce: ['in force', 'gilt'],
  takenBack: ['undone or replaced', 'zurückgenommen oder ersetzt'],
  undoRow: ['undo of {number}', 'nimmt {number} zurück'],
  undoOf: ['Undo answer {number}', 'Antwort {number} zurücknehmen'],

  modelsIntro: ['Every model is kept. Going back changes what the service answers, and takes no answer away.',
    'Jedes Modell bleibt. Zurückgehen ändert, was der Dienst antwortet, und nimmt keine Antwort weg.'],
  serving: ['in service', 'in Betrieb'],
  modelFirst: ['as it came', 'wie mitgebracht'],
  backTo: ['Back to {number}', 'Zurück zu {number}'],
  forthTo: ['Forward to {number}', 'Vor zu {number}'],
  learntArticles: ['Articles learnt', 'Gelernte Artikel'],
  time: ['Time', 'Zeit'],
  hash: ['Hash', 'Prüfsumme'],
  model: ['Model', 'Modell'],
  servedNow: ['Model {number} is in service now.', 'Modell {number} ist jetzt in Betrieb.'],
};

const guessed = () => (navigator.language ?? 'en').toLowerCase().startsWith('de') ? 'de' : 'en';

export const language = () => LANGUAGES.includes(setting('language')) ? setting('language') : guessed();

export const setLanguage = (name) => set('language', name);

export const words = (key, values = {}) => {
  const of = WORDS[key]?.[LANGUAGES.indexOf(language())];
  if (of === undefined) return key;
  const form = typeof of === 'string' ? of : of[new Intl.PluralRules(language()).select(values.count)] ?? of.other;
  return form.replace(/\{(\w+)\}/g, (_, name) => filled(values[name]));
};

const filled = (value) => typeof value === 'number' ? number(value, 0) : value ?? '';

export const isKnown = (key) => key in WORDS;

export const metricName = (metric) =>
  isKnown(`metric.${metric}`) ? words(`metric.${metric}`) : metric.replaceAll('_', ' ');

// Labels are the newsroom's own names and stay as they are, but for the joints.
export const labelName = (label) => label.replaceAll('_', ' ');

export const labelNames = (labels) => labels.length ? labels.map(labelName).join(', ') : words('none');

export const number = (value, digits = 2, options = {}) =>
  new Intl.NumberFormat(language(), { minimumFractionDigits: digits, maximumFractionDigits: digits, ...options })
    .format(value).replace('-', '−');

export const signed = (value, digits = 2) => number(value, digits, { signDisplay: 'exceptZero' });

export const percent = (value) => number(value, 0, { style: 'percent' });

// A difference of shares in points of a hundred.
export const points = (difference) => signed(difference * 100, 1);

export const interval = (ends, digits = 2) =>
  ends ? `[${ends.map((end) => number(end, digits)).join('; ')}]` : '';

export const pointInterval = (ends) => ends ? `[${ends.map(points).join('; ')}]` : '';

export const time = (text) => {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return text ?? '';
  return new Intl.DateTimeFormat(language(), { dateStyle: 'medium', timeStyle: 'short' }).format(date);
};
