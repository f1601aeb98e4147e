package quality

import "strings"

var (
	codeDigit = newCheck("DQ-01", "check_digit", Warn,
		"请对照营业执照核对代码。早期发放的个别代码确实不符合校验规则，核对无误即可不理。",
		"Compare the code with the business licence. Some genuine early codes fail the check: if it is right, leave it.")
	codePlace = newCheck("DQ-02", "place", Info,
		"企业迁入或在别处登记时属正常。",
		"In order if the firm has moved, or is registered elsewhere.")
)

// Characters of a code, by their value, and the weights of the first seventeen: 3^i mod 31 (GB 32100-2015).
const codeAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

var codeWeights = [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28}

// checkDigit returns the last character that a unified social credit code (统一社会信用代码) should have; false if the text is
// none.
func checkDigit(code string) (want byte, ok bool) {
	if len(code) != 18 {
		return 0, false
	}
	total := 0
	for i := range len(code) {
		value := strings.IndexByte(codeAlphabet, code[i])
		if value < 0 {
			return 0, false
		}
		if i < len(codeWeights) {
			total += value * codeWeights[i]
		}
	}
	return codeAlphabet[(31-total%31)%31], true
}

// readCode checks the code of a firm: DQ-01, DQ-02 of DOMAIN 4.4. Genuine early codes fail the check digit, such as
// 91350100M0001TGQXM, so that it warns only.
func readCode(r *reading) {
	code := r.data.text("uscc")
	if code == "" {
		if code = r.data.text("enterprise_id"); r.data["uscc"] != nil {
			return
		}
	}
	want, ok := checkDigit(code)
	if !ok {
		return
	}
	if got := code[17]; got != want {
		r.odd(codeDigit, "统一社会信用代码 %s 的校验位应为 %c，所填为 %c", "the last character of the credit code %s should be %c, it is %c", code, want, got)
	}
	org := r.plan.Orgs.Org(int(r.org))
	if place := code[2:8]; len(org.Code) == 6 && strings.Trim(place, "0123456789") == "" && !strings.HasPrefix(place, division(org.Code)) {
		r.odd(codePlace, "统一社会信用代码 %s 的登记机关在 %s，事件登记在 %s（%s）", "the credit code %s was given at %s, the event is recorded at %s (%s)",
			code, place, org.Code, org.Name)
	}
}

// division returns the digits of a division's code that those of the divisions below begin with: 4507 of 450700.
func division(code string) string {
	for len(code) > 2 && strings.HasSuffix(code, "00") {
		code = code[:len(code)-2]
	}
	return code
}
