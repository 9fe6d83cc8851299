import { type Content, markup } from '../markup.ts';
import { LONGEST_PASSWORD, SHORTEST_PASSWORD } from '../password_rules.ts';

/** A minute, or so many. */
const minutes = (count: number): string => (count === 1 ? 'a minute' : `${count} minutes`);

export const en = {
  language: 'en',
  login: {
    title: 'Sign in',
    lead: (client: Content) => markup`to continue to ${client}`,
    email: 'E-mail address',
    password: 'Password',
    remember: 'Keep me signed in on this device',
    accept: 'Sign in',
    reject: 'Cancel',
    refused: 'That e-mail address and password do not belong together. Please check both and try again.',
  },
  /** Why a password was not taken, by the reason. */
  password: {
    wrong: 'The current password is not right. Please try again.',
    length: `A password has ${SHORTEST_PASSWORD} to ${LONGEST_PASSWORD} characters.`,
    common: 'This password is one of those that are tried first. Please choose another one.',
    throttled: (wait: number) => `Too many passwords were wrong. Please wait ${minutes(wait)}, then try again.`,
  },
  consent: {
    title: 'Allow access?',
    lead: (client: Content) => markup`${client} asks for access to your account`,
    signedInAs: (name: Content) => markup`Signed in as ${name}`,
    scopes: 'What it may do',
    noScopes: 'It asks for nothing beyond knowing that you signed in.',
    audience: 'Where it may use this access',
    duration: 'For how long',
    access: (time: string) => `The access lasts ${time}.`,
    offline: (time: string) =>
      `The application can renew it without you, as long as no more than ${time} pass in between.`,
    offlineForever: 'The application can renew it without you for as long as it wants.',
    selfRegistered:
      'This application registered itself: nobody here has checked who is behind it. Go on only if you trust it.',
    nameless: 'This application has not told its name. Go on only if you know where you came from.',
    loopback: 'This application runs on your own device (localhost). Go on only if you started it yourself.',
    destination: (host: Content) => markup`Afterwards you go on to ${host}`,
    destinationApp: 'Afterwards you go on to an application on your device.',
    privacy: 'Privacy policy',
    terms: 'Terms of service',
    remember: 'Do not ask again for this application',
    accept: 'Allow',
    reject: 'Deny',
  },
  logout: {
    title: 'Sign out?',
    lead: 'This signs you out here, and in the applications that are connected.',
    leadOfClient: (client: Content) =>
      markup`${client} asks to sign you out here, and in the other applications that are connected.`,
    accept: 'Sign out',
    reject: 'Stay signed in',
  },
  stayed: {
    title: 'You are still signed in',
    text: 'Nothing was changed. You can close this page, or go back to the application.',
  },
  device: {
    title: 'Connect a device',
    lead: 'Enter the code that your device shows you.',
    leadOfLink: 'Make sure that your device shows you this very code.',
    code: 'Code',
    care: 'Go on only if you began this yourself and have the device in front of you. If somebody sent you a link or a code, close this page.',
    phone: 'Continue on another device',
    phoneText: 'Scan this code with the camera of a phone or tablet to go on there.',
    qr: 'QR code with the address of this page',
    accept: 'Continue',
    refused:
      'There is no device that waits with this code. Please check each character; if the code is older than a few minutes, ask your device for a new one.',
    throttled: (wait: number) => `Too many codes were wrong. Please wait ${minutes(wait)}, then try again.`,
  },
  /** What a scope means to a person. */
  scopes: {
    openid: { title: 'Know who you are', text: 'Recognise you when you come back, by an identifier.' },
    offline: {
      title: 'Keep its access while you are away',
      text: 'It may act for you when you are not using it, until you or it ends the access.',
    },
    offline_access: {
      title: 'Keep its access while you are away',
      text: 'It may act for you when you are not using it, until you or it ends the access.',
    },
    profile: { title: 'See your profile', text: 'Your name, and what else your profile says about you.' },
    email: { title: 'See your e-mail address', text: 'The address, and whether it was confirmed.' },
    address: { title: 'See your postal address', text: 'The address that is kept with your account.' },
    phone: { title: 'See your phone number', text: 'The number, and whether it was confirmed.' },
  } as Readonly<Record<string, { readonly title: string; readonly text: string }>>,
  /** Of whoever runs the server. */
  footer: {
    terms: 'Terms',
    privacy: 'Privacy',
    support: 'Help',
  },
  account: {
    title: 'Your account',
    leadOfLogin: 'to see your account',
    signOut: 'Sign out',
    pages: { account: 'Overview', applications: 'Applications', password: 'Password' },
  },
  applications: {
    title: 'Your applications',
    lead: 'What you have allowed, and to which applications.',
    none: 'No application has access to your account.',
    grantedAt: 'Allowed since',
    lastUsedAt: 'Last used',
    remove: 'Remove access',
    care: 'The application cannot use your account any more, and has to ask you again.',
    confirm: 'Remove the access',
    removed: (client: Content) => markup`${client} has no access to your account any more.`,
    earlier: 'Earlier ones',
    later: 'Later ones',
  },
  changePassword: {
    title: 'Change password',
    lead: 'Choose a new password. You are signed out everywhere else.',
    current: 'Current password',
    next: 'New password',
    again: 'New password, once more',
    rules: `At least ${SHORTEST_PASSWORD} characters. A few words in a row are good, and easy to remember.`,
    mismatch: 'The two new passwords are not the same. Please type both again.',
    accept: 'Change password',
    changed: 'Your password was changed, and you are signed out everywhere else.',
  },
  error: {
    title: 'This did not work',
    lead: 'The application that sent you here made a request that cannot be answered.',
    wayBack: 'Go back to the application and try again. If it happens once more, show this page to whoever runs it.',
    error: 'Error',
    error_description: 'What happened',
    error_hint: 'Hint',
    error_debug: 'For the developer',
  },
  denied: {
    title: 'Access was not allowed',
    lead: 'The request was declined, so nothing was shared and nothing was connected.',
  },
  problem: {
    again: 'Start again',
    code: 'Error',
    other: {
      title: 'Something went wrong',
      text: 'Please go back to the application and try once more.',
    },
    byStatus: {
      400: {
        title: 'This link is incomplete',
        text: 'Something is missing from the address that brought you here. Go back to the application and start from there.',
      },
      401: {
        title: 'That took too long',
        text: 'For your safety this page works for a limited time only. Go back to the application and start from there.',
      },
      403: {
        title: 'Please start again',
        text: 'We could not make sure that this form was sent from this browser, so nothing was changed. It may have been open for too long, or cookies may be switched off.',
      },
      404: {
        title: 'This link does not work',
        text: 'The address that brought you here is not one that we gave out, or it has changed on the way. Go back to the application and start from there.',
      },
      503: {
        title: 'We are busy',
        text: 'The server cannot answer at the moment. Please wait a little and try again.',
      },
    } as Readonly<Record<number, { readonly title: string; readonly text: string }>>,
  },
  notices: {
    /** Before the name of a configuration key. */
    operator: 'Whoever runs this server shows a page of their own instead by setting',
    login: {
      title: 'Sign-in page',
      text: 'Applications send you here when you have to sign in, together with a request that says who asks. There is no such request at the moment, so start from the application.',
    },
    consent: {
      title: 'Consent page',
      text: 'Here you decide what an application may do in your name. There is no request to decide on at the moment, so start from the application.',
    },
    logout: {
      title: 'Sign-out page',
      text: 'Applications send you here to confirm that you want to sign out.',
    },
    logout_callback: {
      title: 'You are signed out',
      text: 'You can close this page now.',
    },
    device: {
      title: 'Connect a device',
      text: 'Here you enter the code that a television, a console or another device shows you.',
    },
    device_done: {
      title: 'Your device is connected',
      text: 'You can close this page and go on at your device.',
    },
  },
};
