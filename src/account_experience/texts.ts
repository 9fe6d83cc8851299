/** Every sentence that a person reads on our pages or about their account. */

type Explanation = { readonly title: string; readonly text: string };

/** A page that stands in for one that is not configured: what it is for, and the key that names another. */
export type Notice = Explanation & { readonly key: string };

export const TEXTS = {
  language: 'en',
  login: {
    title: 'Sign in',
    lead: 'to continue to',
    email: 'E-mail address',
    password: 'Password',
    remember: 'Keep me signed in on this device',
    accept: 'Sign in',
    reject: 'Cancel',
    refused: 'That e-mail address and password do not belong together. Please check both and try again.',
    denied: 'The person cancelled the sign-in.',
    gone: 'The account of the session does not exist any more.',
  },
  consent: {
    title: 'Allow access?',
    lead: 'asks for access to your account',
    signedInAs: 'Signed in as',
    scopes: 'What it may do',
    noScopes: 'It asks for nothing beyond knowing that you signed in.',
    audience: 'Where it may use this access',
    remember: 'Do not ask again for this application',
    accept: 'Allow',
    reject: 'Deny',
    denied: 'The person did not allow the access.',
  },
  logout: {
    title: 'Sign out?',
    lead: 'This signs you out here, and in the applications that are connected.',
    leadOfClient: 'asks to sign you out here, and in the other applications that are connected.',
    signedInAs: 'Signed in as',
    accept: 'Sign out',
    reject: 'Stay signed in',
    stayed: {
      title: 'You are still signed in',
      text: 'Nothing was changed. You can close this page, or go back to the application.',
    },
  },
  device: {
    title: 'Connect a device',
    lead: 'Enter the code that your device shows you.',
    leadOfLink: 'Make sure that your device shows you this very code.',
    code: 'Code',
    care: 'Go on only if you began this yourself and have the device in front of you. If somebody sent you a link or a code, close this page.',
    accept: 'Continue',
    refused:
      'There is no device that waits with this code. Please check each character; if the code is older than a few minutes, ask your device for a new one.',
    throttled: (minutes: number) =>
      `Too many codes were wrong. Please wait ${minutes === 1 ? 'a minute' : `${minutes} minutes`}, then try again.`,
  },
  scopes: {
    openid: 'Know that it is you, by an identifier',
    offline: 'Keep its access while you are away, until you or it ends it',
    offline_access: 'Keep its access while you are away, until you or it ends it',
    profile: 'Read your name and the rest of your profile',
    email: 'Read your e-mail address',
    address: 'Read your postal address',
    phone: 'Read your phone number',
  } as Readonly<Record<string, string>>,
  error: {
    title: 'This did not work',
    lead: 'The application that sent you here made a request that cannot be answered.',
    denied: {
      title: 'Access was not allowed',
      lead: 'The request was declined, so nothing was shared and nothing was connected.',
    },
    wayBack: 'Go back to the application and try again. If it happens once more, show this page to whoever runs it.',
    operator: 'Whoever runs this server shows a page of their own instead by setting',
    error: 'Error',
    error_description: 'What happened',
    error_hint: 'Hint',
    error_debug: 'For the developer',
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
    } as Readonly<Record<number, Explanation>>,
  },
  notice: {
    operator: 'Whoever runs this server shows a page of their own instead by setting',
  },
  notices: {
    login: {
      title: 'Sign-in page',
      text: 'Applications send you here when you have to sign in, together with a request that says who asks. There is no such request at the moment, so start from the application.',
      key: 'urls.login',
    },
    consent: {
      title: 'Consent page',
      text: 'Here you decide what an application may do in your name. There is no request to decide on at the moment, so start from the application.',
      key: 'urls.consent',
    },
    logout: {
      title: 'Sign-out page',
      text: 'Applications send you here to confirm that you want to sign out.',
      key: 'urls.logout',
    },
    logout_callback: {
      title: 'You are signed out',
      text: 'You can close this page now.',
      key: 'urls.post_logout_redirect',
    },
    device: {
      title: 'Connect a device',
      text: 'Here you enter the code that a television, a console or another device shows you.',
      key: 'urls.device.verification',
    },
    device_done: {
      title: 'Your device is connected',
      text: 'You can close this page and go on at your device.',
      key: 'urls.device.success',
    },
  } as const satisfies Readonly<Record<string, Notice>>,
  account: {
    emailMissing: 'An account needs an e-mail address.',
    emailMalformed: (email: string) => `'${email}' is not an e-mail address.`,
    emailTaken: (email: string) => `There is already an account with the e-mail address ${email}.`,
    emailUnknown: (email: string) => `There is no account with the e-mail address ${email}.`,
    passwordLength: (shortest: number, longest: number) => `A password has ${shortest} to ${longest} characters.`,
  },
};
