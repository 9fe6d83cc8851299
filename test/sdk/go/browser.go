package main

import (
	"net/http"
	"net/http/cookiejar"
	"net/url"
)

// A browser keeps cookies, and follows nothing by itself.
type browser struct{ client http.Client }

func newBrowser() *browser {
	jar, err := cookiejar.New(nil)
	check(err == nil, "%v", err)
	return &browser{http.Client{Jar: jar, CheckRedirect: stay}}
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// get returns where the answer leads.
func (visitor *browser) get(address string) string {
	response, err := visitor.client.Get(address)
	check(err == nil, "%v", err)
	response.Body.Close()
	return response.Header.Get("Location")
}

func parameter(location string, name string) string {
	parsed, err := url.Parse(location)
	check(err == nil && parsed.Query().Has(name), "no %s in %s", name, location)
	return parsed.Query().Get(name)
}
