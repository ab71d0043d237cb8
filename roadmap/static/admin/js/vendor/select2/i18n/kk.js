/* What the admin's choice with a search says in Kazakh; select2 ships no Kazakh. */
'use strict';
{
    const amd = jQuery.fn.select2.amd;
    amd.define('select2/i18n/kk', [], function() {
        return {
            errorLoading: () => 'Нәтижелерді жүктеу мүмкін болмады',
            inputTooLong: (args) => `${args.input.length - args.maximum} таңбаны алып тастаңыз`,
            inputTooShort: (args) => `Тағы кемінде ${args.minimum - args.input.length} таңба енгізіңіз`,
            loadingMore: () => 'Жүктелуде…',
            maximumSelected: (args) => `Ең көбі ${args.maximum} жазба таңдауға болады`,
            noResults: () => 'Ештеңе табылмады',
            searching: () => 'Ізделуде…',
            removeAllItems: () => 'Барлығын алып тастау',
            removeItem: () => 'Алып тастау'
        };
    });
}
