"""Which language the words of a business document speak for."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

LANGUAGE_WORDS: dict[str, str] = {
    "en": "the of and for to with invoice date total amount due number quantity price tax payment receipt order "
    "please statement balance bill address description unit net thank you your from customer account page "
    "discount change cash",
    "de": "und der die das für mit von den dem rechnung rechnungsnummer rechnungsdatum datum betrag summe "
    "gesamt netto gesamtbetrag menge preis einzelpreis mwst ust ust-idnr zzgl fällig zahlbar kunde steuer "
    "bestellung lieferung seite nettobetrag bruttobetrag straße strasse konto kontostand saldo "
    "überweisung vielen dank bitte beschreibung währung",
    "fr": "et le la les des du de pour avec facture date montant total ttc ht tva quantité prix unitaire "
    "échéance client paiement adresse commande règlement net à payer numéro désignation merci remise taux "
    "siret relevé compte solde",
    "es": "y el la los las de del para con factura fecha importe total iva cantidad precio unitario vencimiento "
    "cliente pago dirección pedido base imponible número descripción gracias descuento saldo cuenta "
    "subtotal cif nif rfc",
    "it": "e il la di del della per con fattura data importo totale iva quantità prezzo unitario scadenza "
    "cliente pagamento indirizzo ordine imponibile numero descrizione grazie sconto partita saldo conto "
    "codice fiscale",
    "nl": "en de het van voor met factuur factuurnummer factuurdatum datum bedrag totaal btw aantal prijs "
    "vervaldatum klant betaling adres bestelling omschrijving subtotaal te betalen kvk excl incl korting "
    "rekening dank",
    "pt": "e o os as de do da para com fatura factura data valor total iva quantidade preço unitário vencimento "
    "cliente pagamento endereço pedido número descrição obrigado desconto nota fiscal cnpj nif subtotal "
    "saldo conta",
    "pl": "i w z na do dla faktura data kwota razem suma vat ilość cena jednostkowa termin płatności nabywca "
    "sprzedawca wartość netto brutto nip zapłaty sposób numer nazwa rachunek saldo stawka",
    "sv": "och att av för med faktura fakturanummer fakturadatum datum belopp summa moms antal pris "
    "förfallodatum kund betalning adress totalt betala organisationsnummer à-pris kvitto saldo exkl inkl",
    "da": "og at af for med faktura fakturanummer fakturadato dato beløb moms antal pris forfaldsdato kunde "
    "betaling adresse i alt ialt cvr total kvittering saldo ekskl inkl enhedspris",
    "nb": "og å av for med faktura fakturanummer fakturadato dato beløp mva antall pris forfallsdato kunde "
    "betaling adresse sum orgnr kvittering saldo totalt kontonummer",
    "fi": "ja lasku laskun päivämäärä eräpäivä summa yhteensä alv määrä hinta asiakas maksu osoite viitenumero "
    "kpl veroton",
    "cs": "a na za faktura datum částka celkem dph množství cena splatnost splatnosti odběratel dodavatel ičo "
    "dič úhrada vystavení číslo účet",
    "hu": "és a az számla dátum összeg összesen áfa mennyiség egységár fizetési határidő vevő eladó adószám végösszeg",
    "ro": "și la din factura data suma total tva cantitate preț unitar scadență client furnizor cif valoare",
    "tr": "ve ile fatura tarih tutar toplam kdv miktar birim fiyat vade müşteri ödeme adres vergi genel",
    "id": "dan di yang untuk dengan faktur tanggal jumlah harga satuan pajak ppn bayar kembali tunai jl jalan "
    "terima kasih nomor pelanggan toko kasir total",
    "ms": "dan jumlah tarikh harga cukai tunai baki terima kasih sdn bhd jalan resit cawangan taman",
    "vi": "và hóa đơn ngày số tiền tổng cộng thuế giá lượng thành khách hàng địa chỉ",
    "ru": "и в на счет счёт дата сумма итого ндс количество цена покупатель продавец оплата руб",
}
"""Words by language; a word of several languages speaks for each of them."""
_BY_WORD: dict[str, tuple[str, ...]] = {
    word: tuple(code for code, words in LANGUAGE_WORDS.items() if word in words.split())
    for words in LANGUAGE_WORDS.values()
    for word in words.split()
}
FULL_ODDS, FULL_WORDS = 1.5, 5.0
"""The log-odds that so many words of one language, and no other, speak for it."""
MIN_SHARE = 0.35


def count_language_words(words: Iterable[str]) -> dict[str, float]:
    """Return how much of the words speaks for each language; one that two share counts half for each."""
    counts: defaultdict[str, float] = defaultdict(float)
    for word in words:
        languages = _BY_WORD.get(word, ())
        for language in languages:
            counts[language] += 1 / len(languages)
    return counts


def weigh_languages(counts: Mapping[str, float]) -> dict[str, float]:
    """Return the log-odds that speak for each language which has a good share of the words."""
    whole = sum(counts.values())
    return {
        language: round(FULL_ODDS * min(1.0, count / FULL_WORDS) * count / whole, 3)
        for language, count in counts.items()
        if count / whole >= MIN_SHARE
    }
