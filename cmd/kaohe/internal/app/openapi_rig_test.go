package app_test

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// described is the document that a daemon writes of itself, made strict: what an answer has beyond it is a mistake.
type described struct {
	doc      map[string]any
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema // by the pointer
	seen     map[string]bool               // "get /v1/scorecard 200"
}

const documentURL = "https://kaohe.example/openapi.json"

func describe(tb testing.TB, handler http.Handler) *described {
	tb.Helper()
	rec := ask(handler, http.MethodGet, "/openapi.json")
	doc, err := jsonschema.UnmarshalJSON(rec.Body)
	if err != nil || rec.Code != http.StatusOK {
		tb.Fatalf("GET /openapi.json = %d, %v", rec.Code, err)
	}
	d := &described{doc: doc.(map[string]any), compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}, seen: map[string]bool{}}
	d.compiler.AssertFormat()
	for _, schema := range d.at("components", "schemas") {
		s := schema.(map[string]any)
		_, open := s["additionalProperties"]
		if s["properties"] != nil && s["allOf"] == nil && !open {
			s["additionalProperties"] = false
		}
	}
	delete(d.at("components", "schemas", "Envelope"), "additionalProperties") // what it is part of says that
	if err := d.compiler.AddResource(documentURL, doc); err != nil {
		tb.Fatal(err)
	}
	return d
}

// at follows names into the document.
func (d *described) at(names ...string) map[string]any {
	v := d.doc
	for _, name := range names {
		v, _ = v[name].(map[string]any)
	}
	return v
}

// schema compiles a part of the document.
func (d *described) schema(tb testing.TB, names ...string) *jsonschema.Schema {
	tb.Helper()
	for i, name := range names {
		names[i] = strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(name)
	}
	pointer := "#/" + strings.Join(names, "/")
	if s := d.schemas[pointer]; s != nil {
		return s
	}
	s, err := d.compiler.Compile(documentURL + pointer)
	if err != nil {
		tb.Fatal(err)
	}
	d.schemas[pointer] = s
	return s
}

// path finds the path of the document that a request is for.
func (d *described) path(target string) string {
	target, _, _ = strings.Cut(target, "?")
	if d.at("paths")[target] != nil {
		return target
	}
	return "/v1/events/{position}"
}

// answered is an answer to a request.
type answered struct {
	method, target string
	status         int
	header         http.Header
	body           []byte
}

func (a *answered) String() string {
	return fmt.Sprintf("%s %.80s = %d %v\n%.600s", a.method, a.target, a.status, a.header, a.body)
}

// telling are the headers that must be documented where they are answered.
var telling = []string{"Retry-After", "WWW-Authenticate", "Allow", "Accept-Post", "Content-Location", "Content-Language", "Accept", "Accept-Encoding"}

// check holds an answer against the document.
func (d *described) check(tb testing.TB, a *answered) {
	tb.Helper()
	path, method, status := d.path(a.target), strings.ToLower(a.method), fmt.Sprint(a.status)
	response := d.at("paths", path, method, "responses", status)
	d.seen[method+" "+path+" "+status] = true
	if response == nil {
		tb.Errorf("not documented: %s", a)
		return
	}
	documented := d.at("paths", path, method, "responses", status, "headers")
	for _, name := range telling {
		if a.header.Get(name) != "" && documented[name] == nil {
			tb.Errorf("header %s is not documented: %s", name, a)
		}
	}
	content, _ := response["content"].(map[string]any)
	if content == nil {
		if len(a.body) > 0 {
			tb.Errorf("a body is not documented: %s", a)
		}
		return
	}
	mediaType, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	if content[mediaType] == nil {
		tb.Errorf("media type %s is not documented: %s", mediaType, a)
		return
	}
	var value any = string(a.body)
	if strings.HasSuffix(mediaType, "json") {
		var err error
		if value, err = jsonschema.UnmarshalJSON(bytes.NewReader(a.body)); err != nil {
			tb.Errorf("%v: %s", err, a)
			return
		}
	}
	if err := d.schema(tb, "paths", path, method, "responses", status, "content", mediaType, "schema").Validate(value); err != nil {
		tb.Errorf("%v\n%s", err, a)
	}
}

// sent sends a request to a handler and returns the answer; a header is "Name: value".
func sent(handler http.Handler, method, target, body string, header ...string) *answered {
	req := httptest.NewRequest(method, "http://127.0.0.1"+target, strings.NewReader(body))
	for _, h := range header {
		name, value, _ := strings.Cut(h, ": ")
		if req.Header.Add(name, value); name == "Host" {
			req.Host = value
		}
	}
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, req)
	read, _ := io.ReadAll(rec.Body)
	return &answered{method, target, rec.Code, rec.Header(), read}
}

// unseen lists the documented answers that no request was answered with.
func (d *described) unseen() (list []string) {
	for path, methods := range d.at("paths") {
		for method := range methods.(map[string]any) {
			for status := range d.at("paths", path, method, "responses") {
				if key := method + " " + path + " " + status; !d.seen[key] {
					list = append(list, key)
				}
			}
		}
	}
	slices.Sort(list)
	return list
}

// parameters lists the query parameters of an operation.
func (d *described) parameters(path, method string) (list []string) {
	all, _ := d.at("paths", path, method)["parameters"].([]any)
	for _, p := range all {
		key := strings.TrimPrefix(p.(map[string]any)["$ref"].(string), "#/components/parameters/")
		if parameter := d.at("components", "parameters", key); parameter["in"] == "query" {
			list = append(list, parameter["name"].(string))
		}
	}
	slices.Sort(list)
	return list
}
