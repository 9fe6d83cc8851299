package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"runtime"
	"strings"

	ory "github.com/ory/hydra-client-go/v2"
)

// The calls of the package are methods of request types, which are named after the operation.
var requestName = regexp.MustCompile(`API(\w+)Request\.Execute-fm$`)

// call runs the Execute method of a request and writes down what came. The data is empty where the server refused.
func call[Data any](execute func() (Data, *http.Response, error)) Data {
	data, response, err := execute()
	note(execute, response, err)
	return data
}

// callEmpty is for operations that answer without data.
func callEmpty(execute func() (*http.Response, error)) {
	response, err := execute()
	note(execute, response, err)
}

func note(execute any, response *http.Response, err error) {
	match := requestName.FindStringSubmatch(runtime.FuncForPC(reflect.ValueOf(execute).Pointer()).Name())
	check(match != nil, "no method of a request")
	check(response != nil, "no answer: %v", err)
	// An answer that the package cannot decode is an error with a good status.
	check(err == nil || response.StatusCode >= 300, "%s, %d: %v", match[1], response.StatusCode, err)
	say(map[string]any{"operation": match[1], "status": response.StatusCode, "error": errorOf(err)})
}

func errorOf(err error) string {
	var refusal *ory.GenericOpenAPIError
	var body struct{ Error string }
	if !errors.As(err, &refusal) || json.Unmarshal(refusal.Body(), &body) != nil {
		return ""
	}
	return body.Error
}

// offers lists the operations that the package has.
func offers(client *ory.APIClient) []string {
	names := []string{}
	for _, api := range []any{client.OAuth2API, client.OidcAPI, client.JwkAPI, client.MetadataAPI, client.WellknownAPI} {
		kind := reflect.TypeOf(api)
		for at := 0; at < kind.NumMethod(); at++ {
			if name := kind.Method(at).Name; !strings.HasSuffix(name, "Execute") {
				names = append(names, name)
			}
		}
	}
	return names
}

func say(line any) {
	text, err := json.Marshal(line)
	check(err == nil, "%v", err)
	fmt.Println(string(text))
}

// check ends the walk where something is not as it should be.
func check(isRight bool, text string, values ...any) {
	if isRight {
		return
	}
	_, file, line, _ := runtime.Caller(1)
	fmt.Fprintf(os.Stderr, "%s:%d: %s\n", file, line, fmt.Sprintf(text, values...))
	os.Exit(1)
}
