import { type Content, markup } from '../markup.ts';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../password_rules.ts';
import type { Texts } from '../texts.ts';

const minutes = (count: number): string => (count === 1 ? 'eine Minute' : `${count} Minuten`);

export const de: Texts = {
  language: 'de',
  login: {
    title: 'Anmelden',
    lead: (client: Content) => markup`und weiter zu ${client}`,
    email: 'E-Mail-Adresse',
    password: 'Passwort',
    remember: 'Auf diesem Gerät angemeldet bleiben',
    accept: 'Anmelden',
    reject: 'Abbrechen',
    refused:
      'E-Mail-Adresse und Passwort passen nicht zusammen. Bitte prüfen Sie beide und versuchen Sie es noch einmal.',
  },
  password: {
    wrong: 'Das bisherige Passwort stimmt nicht. Bitte versuchen Sie es noch einmal.',
    length: `Ein Passwort hat ${SHORTEST_PASSWORD} bis ${LONGEST_PASSWORD} Zeichen.`,
    common: 'Dieses Passwort gehört zu denen, die zuerst ausprobiert werden. Bitte wählen Sie ein anderes.',
    throttled: (wait: number) =>
      `Es wurden zu viele falsche Passwörter eingegeben. Bitte warten Sie ${minutes(wait)} und versuchen Sie es dann noch einmal.`,
  },
  consent: {
    title: 'Zugriff erlauben?',
    lead: (client: Content) => markup`${client} möchte auf Ihr Konto zugreifen`,
    signedInAs: (name: Content) => markup`Angemeldet als ${name}`,
    scopes: 'Was die Anwendung darf',
    noScopes: 'Die Anwendung erfährt nur, dass Sie sich angemeldet haben.',
    audience: 'Wo sie diesen Zugriff nutzen darf',
    duration: 'Wie lange',
    access: (time: string) => `Der Zugriff gilt ${time}.`,
    offline: (time: string) => `Die Anwendung kann ihn ohne Sie erneuern, solange dazwischen höchstens ${time} liegen.`,
    offlineForever: 'Die Anwendung kann ihn ohne Sie erneuern, so lange sie will.',
    selfRegistered:
      'Diese Anwendung hat sich selbst registriert: Niemand hier hat geprüft, wer dahintersteht. Fahren Sie nur fort, wenn Sie ihr vertrauen.',
    nameless: 'Diese Anwendung hat ihren Namen nicht genannt. Fahren Sie nur fort, wenn Sie wissen, woher Sie kommen.',
    loopback:
      'Diese Anwendung läuft auf Ihrem eigenen Gerät (localhost). Fahren Sie nur fort, wenn Sie sie selbst gestartet haben.',
    destination: (host: Content) => markup`Danach geht es weiter zu ${host}`,
    destinationApp: 'Danach geht es weiter in einer Anwendung auf Ihrem Gerät.',
    privacy: 'Datenschutzerklärung',
    terms: 'Nutzungsbedingungen',
    remember: 'Bei dieser Anwendung nicht mehr nachfragen',
    accept: 'Erlauben',
    reject: 'Ablehnen',
  },
  logout: {
    title: 'Abmelden?',
    lead: 'Sie werden hier und in den verbundenen Anwendungen abgemeldet.',
    leadOfClient: (client: Content) =>
      markup`${client} möchte Sie hier und in den anderen verbundenen Anwendungen abmelden.`,
    accept: 'Abmelden',
    reject: 'Angemeldet bleiben',
  },
  stayed: {
    title: 'Sie sind weiterhin angemeldet',
    text: 'Es wurde nichts geändert. Sie können diese Seite schließen oder zur Anwendung zurückkehren.',
  },
  device: {
    title: 'Gerät verbinden',
    lead: 'Geben Sie den Code ein, den Ihr Gerät anzeigt.',
    leadOfLink: 'Vergewissern Sie sich, dass Ihr Gerät genau diesen Code anzeigt.',
    code: 'Code',
    care: 'Fahren Sie nur fort, wenn Sie selbst damit begonnen haben und das Gerät vor Ihnen steht. Hat Ihnen jemand einen Link oder einen Code geschickt, schließen Sie diese Seite.',
    phone: 'Auf einem anderen Gerät fortfahren',
    phoneText: 'Scannen Sie diesen Code mit der Kamera eines Telefons oder Tablets, um dort fortzufahren.',
    qr: 'QR-Code mit der Adresse dieser Seite',
    accept: 'Weiter',
    refused:
      'Kein Gerät wartet mit diesem Code. Bitte prüfen Sie jedes Zeichen; ist der Code älter als ein paar Minuten, lassen Sie sich von Ihrem Gerät einen neuen anzeigen.',
    throttled: (wait: number) =>
      `Es wurden zu viele falsche Codes eingegeben. Bitte warten Sie ${minutes(wait)} und versuchen Sie es dann noch einmal.`,
  },
  scopes: {
    openid: { title: 'Wissen, wer Sie sind', text: 'Sie anhand einer Kennung wiedererkennen, wenn Sie zurückkommen.' },
    offline: {
      title: 'Zugriff behalten, wenn Sie nicht da sind',
      text: 'Die Anwendung darf für Sie handeln, auch wenn Sie sie gerade nicht nutzen, bis Sie oder sie den Zugriff beenden.',
    },
    offline_access: {
      title: 'Zugriff behalten, wenn Sie nicht da sind',
      text: 'Die Anwendung darf für Sie handeln, auch wenn Sie sie gerade nicht nutzen, bis Sie oder sie den Zugriff beenden.',
    },
    profile: { title: 'Ihr Profil sehen', text: 'Ihren Namen und was Ihr Profil sonst über Sie sagt.' },
    email: { title: 'Ihre E-Mail-Adresse sehen', text: 'Die Adresse, und ob sie bestätigt ist.' },
    address: { title: 'Ihre Postanschrift sehen', text: 'Die Anschrift, die zu Ihrem Konto gespeichert ist.' },
    phone: { title: 'Ihre Telefonnummer sehen', text: 'Die Nummer, und ob sie bestätigt ist.' },
  },
  footer: {
    terms: 'Nutzungsbedingungen',
    privacy: 'Datenschutz',
    support: 'Hilfe',
  },
  account: {
    title: 'Ihr Konto',
    leadOfLogin: 'um Ihr Konto zu sehen',
    signOut: 'Abmelden',
    pages: { account: 'Übersicht', applications: 'Anwendungen', password: 'Passwort' },
  },
  applications: {
    title: 'Ihre Anwendungen',
    lead: 'Was Sie welchen Anwendungen erlaubt haben.',
    none: 'Keine Anwendung hat Zugriff auf Ihr Konto.',
    grantedAt: 'Erlaubt seit',
    lastUsedAt: 'Zuletzt genutzt',
    remove: 'Zugriff entziehen',
    care: 'Die Anwendung kann Ihr Konto nicht mehr nutzen und muss Sie neu fragen.',
    confirm: 'Zugriff jetzt entziehen',
    removed: (client: Content) => markup`${client} hat keinen Zugriff mehr auf Ihr Konto.`,
    earlier: 'Ältere',
    later: 'Neuere',
  },
  changePassword: {
    title: 'Passwort ändern',
    lead: 'Wählen Sie ein neues Passwort. Überall sonst werden Sie abgemeldet.',
    current: 'Bisheriges Passwort',
    next: 'Neues Passwort',
    again: 'Neues Passwort, noch einmal',
    rules: `Mindestens ${SHORTEST_PASSWORD} Zeichen. Ein paar Wörter hintereinander sind gut und leicht zu merken.`,
    mismatch: 'Die beiden neuen Passwörter sind nicht gleich. Bitte geben Sie beide noch einmal ein.',
    accept: 'Passwort ändern',
    changed: 'Ihr Passwort wurde geändert, und überall sonst sind Sie abgemeldet.',
  },
  error: {
    title: 'Das hat nicht geklappt',
    lead: 'Die Anwendung, von der Sie kommen, hat eine Anfrage gestellt, die sich nicht beantworten lässt.',
    wayBack:
      'Kehren Sie zur Anwendung zurück und versuchen Sie es noch einmal. Passiert es wieder, zeigen Sie diese Seite denen, die die Anwendung betreiben.',
    error: 'Fehler',
    error_description: 'Was geschehen ist',
    error_hint: 'Hinweis',
    error_debug: 'Für die Entwicklung',
  },
  denied: {
    title: 'Der Zugriff wurde nicht erlaubt',
    lead: 'Die Anfrage wurde abgelehnt: Es wurde nichts weitergegeben und nichts verbunden.',
  },
  problem: {
    again: 'Neu beginnen',
    code: 'Fehler',
    other: {
      title: 'Da ist etwas schiefgegangen',
      text: 'Bitte kehren Sie zur Anwendung zurück und versuchen Sie es noch einmal.',
    },
    byStatus: {
      400: {
        title: 'Dieser Link ist unvollständig',
        text: 'In der Adresse, über die Sie hierher gekommen sind, fehlt etwas. Kehren Sie zur Anwendung zurück und beginnen Sie dort neu.',
      },
      401: {
        title: 'Das hat zu lange gedauert',
        text: 'Zu Ihrer Sicherheit gilt diese Seite nur für begrenzte Zeit. Kehren Sie zur Anwendung zurück und beginnen Sie dort neu.',
      },
      403: {
        title: 'Bitte beginnen Sie neu',
        text: 'Wir konnten nicht sicherstellen, dass dieses Formular aus diesem Browser stammt; deshalb wurde nichts geändert. Vielleicht war es zu lange geöffnet, oder Cookies sind ausgeschaltet.',
      },
      404: {
        title: 'Dieser Link funktioniert nicht',
        text: 'Die Adresse, über die Sie hierher gekommen sind, stammt nicht von uns oder wurde unterwegs verändert. Kehren Sie zur Anwendung zurück und beginnen Sie dort neu.',
      },
      503: {
        title: 'Wir sind gerade überlastet',
        text: 'Der Server kann im Moment nicht antworten. Bitte warten Sie ein wenig und versuchen Sie es noch einmal.',
      },
    },
  },
  notices: {
    operator: 'Wer diesen Server betreibt, zeigt stattdessen eine eigene Seite mit der Einstellung',
    login: {
      title: 'Anmeldeseite',
      text: 'Anwendungen schicken Sie hierher, wenn Sie sich anmelden müssen, zusammen mit einer Anfrage, die sagt, wer fragt. Im Moment gibt es keine solche Anfrage; beginnen Sie bitte bei der Anwendung.',
    },
    consent: {
      title: 'Zustimmungsseite',
      text: 'Hier entscheiden Sie, was eine Anwendung in Ihrem Namen tun darf. Im Moment gibt es nichts zu entscheiden; beginnen Sie bitte bei der Anwendung.',
    },
    logout: {
      title: 'Abmeldeseite',
      text: 'Anwendungen schicken Sie hierher, damit Sie bestätigen, dass Sie sich abmelden möchten.',
    },
    logout_callback: {
      title: 'Sie sind abgemeldet',
      text: 'Sie können diese Seite jetzt schließen.',
    },
    device: {
      title: 'Gerät verbinden',
      text: 'Hier geben Sie den Code ein, den ein Fernseher, eine Konsole oder ein anderes Gerät anzeigt.',
    },
    device_done: {
      title: 'Ihr Gerät ist verbunden',
      text: 'Sie können diese Seite schließen und an Ihrem Gerät weitermachen.',
    },
  },
};
