package contract

import (
	"encoding/json"
	"flag"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/kaohe/kaohe/indicators/api"
)

var update = flag.Bool("update", false, "write source.json and the golden files anew")

// TestNotesAreThoseOfTheSource: descriptions and lists of values are those of the comments and constants of today. go test
// ./indicators/contract -update writes them anew.
func TestNotesAreThoseOfTheSource(t *testing.T) {
	want := notes{}
	for typ := range reached() {
		want.read(t, typ)
	}
	raw, err := json.MarshalIndent(want, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	raw = append(raw, '\n')
	if *update {
		if err := os.WriteFile("source.json", raw, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(source(), want); diff != "" {
		t.Errorf("source.json is not what the source says; run go test ./indicators/contract -update (-is +should be):\n%s", diff)
	}
}

// reached are the types of this module that answers are made of.
func reached() map[reflect.Type]bool {
	all := map[reflect.Type]bool{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk(t.Elem())
			return
		case reflect.Map:
			walk(t.Key())
			walk(t.Elem())
			return
		}
		if !strings.HasPrefix(t.PkgPath()+"/", module) || all[t] {
			return
		}
		all[t] = true
		if s, ok := reflect.Zero(t).Interface().(interface{ Shape() any }); ok {
			walk(reflect.TypeOf(s.Shape()))
			return
		}
		if t.Kind() == reflect.Struct && written[t] == nil {
			for i := range t.NumField() {
				if f := t.Field(i); f.IsExported() {
					walk(f.Type)
				}
			}
		}
	}
	for _, op := range operations {
		for _, a := range op.answers {
			if a.of != nil {
				walk(a.of)
			}
		}
	}
	walk(reflect.TypeFor[api.Problem]())
	return all
}

// read notes what the source says of a type.
func (n notes) read(t *testing.T, typ reflect.Type) {
	dir := filepath.Join("..", "..", filepath.FromSlash(strings.TrimPrefix(typ.PkgPath(), module)))
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	var out note
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range file.Decls {
			if g, ok := decl.(*ast.GenDecl); ok {
				out.declared(g, typ)
			}
		}
	}
	if !reflect.ValueOf(out).IsZero() {
		n[path(typ)] = out
	}
}

func (n *note) declared(g *ast.GenDecl, typ reflect.Type) {
	for _, spec := range g.Specs {
		switch s := spec.(type) {
		case *ast.TypeSpec:
			if s.Name.Name == typ.Name() {
				n.typed(g, s)
			}
		case *ast.ValueSpec:
			if is, ok := s.Type.(*ast.Ident); ok && g.Tok == token.CONST && is.Name == typ.Name() && typ.Kind() == reflect.String {
				n.Values = append(n.Values, valueNote{constantOf(s.Values[0]), comment(s.Doc, s.Comment)})
			}
		}
	}
}

func constantOf(e ast.Expr) string {
	lit := e.(*ast.BasicLit)
	return constant.StringVal(constant.MakeFromLiteral(lit.Value, lit.Kind, 0))
}

func (n *note) typed(g *ast.GenDecl, s *ast.TypeSpec) {
	if n.Doc = comment(s.Doc); n.Doc == "" && len(g.Specs) == 1 {
		n.Doc = comment(g.Doc)
	}
	str, ok := s.Type.(*ast.StructType)
	if !ok {
		return
	}
	n.Fields = map[string]string{}
	for _, f := range str.Fields.List {
		for _, name := range f.Names {
			if text := comment(f.Doc, f.Comment); text != "" && name.IsExported() {
				n.Fields[name.Name] = text
			}
		}
	}
	if len(n.Fields) == 0 {
		n.Fields = nil
	}
}

var link = regexp.MustCompile(`\[([A-Za-z.]+)\]`)

// comment is the first comment that says something, as a line of text.
func comment(comments ...*ast.CommentGroup) string {
	for _, c := range comments {
		if text := strings.Join(strings.Fields(c.Text()), " "); text != "" {
			return link.ReplaceAllString(text, "$1")
		}
	}
	return ""
}
