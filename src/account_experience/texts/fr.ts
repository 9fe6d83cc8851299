import { type Content, markup } from '../markup.ts';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../password_rules.ts';
import type { Texts } from '../texts.ts';

const minutes = (count: number): string => (count === 1 ? 'une minute' : `${count} minutes`);

export const fr: Texts = {
  language: 'fr',
  login: {
    title: 'Connexion',
    lead: (client: Content) => markup`pour continuer vers ${client}`,
    email: 'Adresse e-mail',
    password: 'Mot de passe',
    remember: 'Rester connecté sur cet appareil',
    accept: 'Se connecter',
    reject: 'Annuler',
    refused: 'Cette adresse e-mail et ce mot de passe ne vont pas ensemble. Vérifiez les deux, puis réessayez.',
  },
  password: {
    wrong: 'Le mot de passe actuel est erroné. Réessayez.',
    length: `Un mot de passe compte de ${SHORTEST_PASSWORD} à ${LONGEST_PASSWORD} caractères.`,
    common: 'Ce mot de passe fait partie de ceux qui sont essayés en premier. Choisissez-en un autre.',
    throttled: (wait: number) => `Trop de mots de passe étaient erronés. Patientez ${minutes(wait)}, puis réessayez.`,
  },
  consent: {
    title: 'Autoriser l’accès\u00a0?',
    lead: (client: Content) => markup`${client} demande l’accès à votre compte`,
    signedInAs: (name: Content) => markup`Connecté en tant que ${name}`,
    scopes: 'Ce que l’application pourra faire',
    noScopes: 'L’application saura seulement que vous vous êtes connecté.',
    audience: 'Où elle pourra utiliser cet accès',
    duration: 'Pour combien de temps',
    access: (time: string) => `L’accès dure ${time}.`,
    offline: (time: string) =>
      `L’application peut le renouveler sans vous, tant qu’il ne s’écoule pas plus de ${time} entre-temps.`,
    offlineForever: 'L’application peut le renouveler sans vous aussi longtemps qu’elle le souhaite.',
    selfRegistered:
      'Cette application s’est enregistrée elle-même\u00a0: personne ici n’a vérifié qui se trouve derrière. Ne continuez que si vous lui faites confiance.',
    nameless: 'Cette application n’a pas indiqué son nom. Ne continuez que si vous savez d’où vous venez.',
    loopback:
      'Cette application s’exécute sur votre propre appareil (localhost). Ne continuez que si vous l’avez lancée vous-même.',
    destination: (host: Content) => markup`Vous continuerez ensuite vers ${host}`,
    destinationApp: 'Vous continuerez ensuite dans une application de votre appareil.',
    privacy: 'Politique de confidentialité',
    terms: 'Conditions d’utilisation',
    remember: 'Ne plus me demander pour cette application',
    accept: 'Autoriser',
    reject: 'Refuser',
  },
  logout: {
    title: 'Se déconnecter\u00a0?',
    lead: 'Vous serez déconnecté ici et dans les applications associées.',
    leadOfClient: (client: Content) =>
      markup`${client} demande à vous déconnecter ici et dans les autres applications associées.`,
    accept: 'Se déconnecter',
    reject: 'Rester connecté',
  },
  stayed: {
    title: 'Vous êtes toujours connecté',
    text: 'Rien n’a changé. Vous pouvez fermer cette page ou revenir à l’application.',
  },
  device: {
    title: 'Associer un appareil',
    lead: 'Saisissez le code affiché par votre appareil.',
    leadOfLink: 'Assurez-vous que votre appareil affiche exactement ce code.',
    code: 'Code',
    care: 'Ne continuez que si vous avez vous-même commencé et que l’appareil est devant vous. Si quelqu’un vous a envoyé un lien ou un code, fermez cette page.',
    phone: 'Continuer sur un autre appareil',
    phoneText: 'Scannez ce code avec l’appareil photo d’un téléphone ou d’une tablette pour y continuer.',
    qr: 'Code QR contenant l’adresse de cette page',
    accept: 'Continuer',
    refused:
      'Aucun appareil n’attend avec ce code. Vérifiez chaque caractère\u00a0; si le code date de plusieurs minutes, demandez-en un nouveau à votre appareil.',
    throttled: (wait: number) => `Trop de codes étaient erronés. Patientez ${minutes(wait)}, puis réessayez.`,
  },
  scopes: {
    openid: { title: 'Savoir qui vous êtes', text: 'Vous reconnaître à votre retour, grâce à un identifiant.' },
    offline: {
      title: 'Garder l’accès en votre absence',
      text: 'L’application pourra agir pour vous même quand vous ne l’utilisez pas, jusqu’à ce que vous ou elle mettiez fin à l’accès.',
    },
    offline_access: {
      title: 'Garder l’accès en votre absence',
      text: 'L’application pourra agir pour vous même quand vous ne l’utilisez pas, jusqu’à ce que vous ou elle mettiez fin à l’accès.',
    },
    profile: { title: 'Voir votre profil', text: 'Votre nom et les autres informations de votre profil.' },
    email: { title: 'Voir votre adresse e-mail', text: 'L’adresse, et si elle a été confirmée.' },
    address: { title: 'Voir votre adresse postale', text: 'L’adresse enregistrée avec votre compte.' },
    phone: { title: 'Voir votre numéro de téléphone', text: 'Le numéro, et s’il a été confirmé.' },
  },
  footer: {
    terms: 'Conditions d’utilisation',
    privacy: 'Confidentialité',
    support: 'Aide',
  },
  account: {
    title: 'Votre compte',
    leadOfLogin: 'pour voir votre compte',
    signOut: 'Se déconnecter',
    pages: { account: 'Aperçu', applications: 'Applications', password: 'Mot de passe' },
  },
  applications: {
    title: 'Vos applications',
    lead: 'Ce que vous avez autorisé, et à quelles applications.',
    none: 'Aucune application n’a accès à votre compte.',
    grantedAt: 'Autorisé depuis',
    lastUsedAt: 'Dernière utilisation',
    remove: 'Retirer l’accès',
    care: 'L’application ne pourra plus utiliser votre compte et devra vous demander à nouveau.',
    confirm: 'Retirer l’accès maintenant',
    removed: (client: Content) => markup`${client} n’a plus accès à votre compte.`,
    earlier: 'Plus anciennes',
    later: 'Plus récentes',
  },
  changePassword: {
    title: 'Changer de mot de passe',
    lead: 'Choisissez un nouveau mot de passe. Vous serez déconnecté partout ailleurs.',
    current: 'Mot de passe actuel',
    next: 'Nouveau mot de passe',
    again: 'Nouveau mot de passe, encore une fois',
    rules: `Au moins ${SHORTEST_PASSWORD} caractères. Quelques mots à la suite conviennent bien et se retiennent facilement.`,
    mismatch: 'Les deux nouveaux mots de passe ne sont pas identiques. Saisissez les deux à nouveau.',
    accept: 'Changer de mot de passe',
    changed: 'Votre mot de passe a été changé, et vous êtes déconnecté partout ailleurs.',
  },
  error: {
    title: 'Cela n’a pas fonctionné',
    lead: 'L’application qui vous a envoyé ici a fait une demande à laquelle il est impossible de répondre.',
    wayBack:
      'Revenez à l’application et réessayez. Si le problème persiste, montrez cette page aux responsables de l’application.',
    error: 'Erreur',
    error_description: 'Ce qui s’est passé',
    error_hint: 'Indication',
    error_debug: 'Pour les développeurs',
  },
  denied: {
    title: 'L’accès n’a pas été autorisé',
    lead: 'La demande a été refusée\u00a0: rien n’a été transmis et rien n’a été associé.',
  },
  problem: {
    again: 'Recommencer',
    code: 'Erreur',
    other: {
      title: 'Un problème est survenu',
      text: 'Revenez à l’application et réessayez.',
    },
    byStatus: {
      400: {
        title: 'Ce lien est incomplet',
        text: 'Il manque quelque chose dans l’adresse qui vous a conduit ici. Revenez à l’application et recommencez depuis celle-ci.',
      },
      401: {
        title: 'Le délai est dépassé',
        text: 'Pour votre sécurité, cette page n’est valable que pour un temps limité. Revenez à l’application et recommencez depuis celle-ci.',
      },
      403: {
        title: 'Veuillez recommencer',
        text: 'Nous n’avons pas pu vérifier que ce formulaire provenait de ce navigateur\u00a0; rien n’a donc été modifié. Il est peut-être resté ouvert trop longtemps, ou les cookies sont désactivés.',
      },
      404: {
        title: 'Ce lien ne fonctionne pas',
        text: 'L’adresse qui vous a conduit ici ne vient pas de nous, ou elle a été modifiée en chemin. Revenez à l’application et recommencez depuis celle-ci.',
      },
      503: {
        title: 'Nous sommes très sollicités',
        text: 'Le serveur ne peut pas répondre pour le moment. Patientez un peu, puis réessayez.',
      },
    },
  },
  notices: {
    operator: 'Pour afficher ici sa propre page, la personne qui gère ce serveur utilise le réglage',
    login: {
      title: 'Page de connexion',
      text: 'Les applications vous envoient ici quand vous devez vous connecter, avec une demande qui dit qui la fait. Il n’y a pas de demande pour le moment\u00a0: commencez depuis l’application.',
    },
    consent: {
      title: 'Page d’autorisation',
      text: 'Vous décidez ici de ce qu’une application peut faire en votre nom. Il n’y a rien à décider pour le moment\u00a0: commencez depuis l’application.',
    },
    logout: {
      title: 'Page de déconnexion',
      text: 'Les applications vous envoient ici pour confirmer que vous voulez vous déconnecter.',
    },
    logout_callback: {
      title: 'Vous êtes déconnecté',
      text: 'Vous pouvez maintenant fermer cette page.',
    },
    device: {
      title: 'Associer un appareil',
      text: 'Vous saisissez ici le code affiché par un téléviseur, une console ou un autre appareil.',
    },
    device_done: {
      title: 'Votre appareil est associé',
      text: 'Vous pouvez fermer cette page et continuer sur votre appareil.',
    },
  },
};
